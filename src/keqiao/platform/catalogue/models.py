"""No tables: the catalogue reads packs; what is asked in a self-check is kept nowhere."""
