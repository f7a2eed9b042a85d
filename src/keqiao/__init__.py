"""Keqiao 科桥: from the facts of an enterprise to its financing, every rule cited, every number explained."""

from __future__ import annotations

from keqiao.packs.loader import Packs, load_packs
from keqiao.version import __version__

__all__ = ["Packs", "__version__", "load_packs"]
