"""The site's own settings; without migration files the tables come from the models."""

from __future__ import annotations

from pathlib import Path

import keqiao.platform
from keqiao.platform.settings import *  # noqa: F403

_ROOT = Path(keqiao.platform.__path__[0])
if not any(_ROOT.glob("audit/migrations/0*.py")):
    MIGRATION_MODULES = {path.parent.name: None for path in _ROOT.glob("*/migrations")}
