"""Django made ready for a command: settings from the site's folder, apps, database."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from keqiao.errors import KeqiaoError
from keqiao.platform.home import Home, home_path, read_home

if TYPE_CHECKING:
    from keqiao.platform.actor import Actor

SETTINGS = "keqiao.platform.settings"


def ready(path: Path | None = None) -> Home:
    """Set up Django for the site in ``path`` (``KEQIAO_HOME`` where None), once a process.

    Raises `KeqiaoError` where there is no site or its settings are wrong.
    """
    path = path or home_path()
    home = read_home(path)
    os.umask(0o077)  # what a site writes is its own user's alone
    (path / "static").mkdir(exist_ok=True)  # WhiteNoise wants the folder, though files come from the packages
    os.environ["KEQIAO_HOME"] = str(path)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise KeqiaoError(f"站点的设置不对：{error}", f"the site's settings are wrong: {error}") from None
    return home


def operator() -> Actor:
    """Who acts in a command: the site itself."""
    from keqiao.platform.actor import Actor

    return Actor(system_task=True)


def migrate() -> None:
    """Bring the tables to this version's state; silent."""
    from django.core.management import call_command
    from django.db import connection

    from keqiao.platform.audit import triggers

    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    if not triggers.installed(connection):
        triggers.install(connection)


def waiting_migrations() -> list[str]:
    """Names of the migrations that are not applied yet."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def unknown_migrations() -> list[str]:
    """Names of applied migrations that this version does not have: the database is newer than the program."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    return [".".join(key) for key in sorted(loader.applied_migrations) if key not in loader.disk_migrations and key[0] in loader.migrated_apps]
