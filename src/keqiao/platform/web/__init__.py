"""The frame, the component library and the pages that belong to no domain."""
