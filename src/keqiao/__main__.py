"""``python -m keqiao``."""

from keqiao.cli.main import main

main()
