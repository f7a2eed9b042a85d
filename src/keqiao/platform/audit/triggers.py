"""The database's own refusal to change the chain: triggers on ``audit_event`` and ``audit_head``.

They stop mistakes, not whoever owns the file or the database: he can drop them. What he then does is found by
`keqiao.platform.audit.checking`. A migration calls `install`; a later migration that rebuilds one of the two tables
(SQLite does so for most changes) must call it again.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("audit_event", "audit_head")
_REFUSAL = "audit records are append-only"
_ORDER = "an audit event follows the last one"


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the triggers anew. Raises `ValueError` on a database other than SQLite and PostgreSQL."""
    remove(connection)
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers, as the way back of a migration does."""
    with connection.cursor() as cursor:
        for table in TABLES:
            for name in (f"{table}_no_update", f"{table}_no_delete", f"{table}_no_truncate", f"{table}_in_order"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))


def installed(connection: BaseDatabaseWrapper) -> bool:
    """Whether all triggers stand and, on PostgreSQL, are switched on."""
    wanted = {f"{table}_no_{what}" for table in TABLES for what in ("update", "delete")} | {"audit_event_in_order"}
    if connection.vendor == "postgresql":
        wanted |= {f"{table}_no_truncate" for table in TABLES}
        # only this schema's tables: another site may live in the same database
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgrelid IN ('audit_event'::regclass, 'audit_head'::regclass)"
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return wanted <= {name for (name,) in cursor.fetchall()}


def _statements(vendor: str) -> list[str]:
    if vendor == "sqlite":
        return _sqlite()
    if vendor == "postgresql":
        return _postgresql()
    raise ValueError(f"no triggers for {vendor}")


def _sqlite() -> list[str]:
    made = [
        f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        for table in TABLES
        for act in ("UPDATE", "DELETE")
    ]
    # INSERT OR REPLACE deletes without a delete trigger, so the insert itself is looked at
    made.append(
        "CREATE TRIGGER audit_event_in_order BEFORE INSERT ON audit_event "
        "WHEN NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM audit_event) "
        f"BEGIN SELECT RAISE(ABORT, '{_ORDER}'); END"
    )
    return made


def _postgresql() -> list[str]:
    made = [
        "CREATE OR REPLACE FUNCTION keqiao_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'insufficient_privilege'; END $$",
        "CREATE OR REPLACE FUNCTION keqiao_in_order() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM audit_event) THEN "
        f"RAISE EXCEPTION '{_ORDER}' USING ERRCODE = 'unique_violation'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER audit_event_in_order BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION keqiao_in_order()",
    ]
    for table in TABLES:
        for act in ("UPDATE", "DELETE"):
            made.append(f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION keqiao_append_only()")
        made.append(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION keqiao_append_only()")
    return made
