"""Settings without a site: a demonstration in a temporary folder, for type checks, new migrations and tests."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from keqiao.platform.home import CONFIG, FOLDERS, read_home
from keqiao.platform.secrets import make_secrets


def blank_home() -> Path:
    """Make the folder of a demonstration that lasts as long as the process, and name it in ``KEQIAO_HOME``."""
    path = Path(tempfile.mkdtemp(prefix="keqiao-site-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    (path / CONFIG).write_text('mode = "demo"\nhosts = ["*"]\n', encoding="utf-8")
    make_secrets(read_home(path))
    for name in (*FOLDERS, "static"):
        (path / name).mkdir()
    os.environ["KEQIAO_HOME"] = str(path)
    return path


blank_home()

from keqiao.platform.settings import *  # noqa: E402, F403 - the settings of the folder just made
