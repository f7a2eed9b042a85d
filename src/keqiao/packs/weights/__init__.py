"""Replacing the figures of a scorecard from paper: a sheet to fill in, read back as an overlay pack.

`write_template` writes the sheet, `read_template` reads it back exactly, `confirm` is the second
person's signature, and `unchanged` names what is still as it was.
"""

from __future__ import annotations

from keqiao.packs.weights.confirm import confirm
from keqiao.packs.weights.overlay import read_template, unchanged
from keqiao.packs.weights.reading import SheetError
from keqiao.packs.weights.template import write_template

__all__ = ["SheetError", "confirm", "read_template", "unchanged", "write_template"]
