"""Imports that wait for the officer who began them."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from keqiao.errors import say
from keqiao.platform.actor import Actor, Role
from keqiao.platform.enterprises.intake_queries import visible_to
from keqiao.platform.web.todo import Todo


def waiting(actor: Actor) -> Iterator[Todo]:
    """One to-do an import that its officer may go on with. Shown on every page: the reports themselves are not read."""
    if actor.role is not Role.AUTHORITY:
        return
    found = visible_to(actor).filter(by=actor.user, state__in=("checked", "checking", "committing"))
    for intake in found.defer("report", "preview", "edits", "mapping")[:20]:
        live = intake.job is not None and intake.job.state in ("waiting", "running")
        if live and intake.state != "checked":
            continue
        name = intake.files[0]["name"]
        if intake.state == "checked":
            words = say(f"导入“{name}”：检查完了，接着做", f"Import {name}: it is checked, go on")
        else:
            words = say(f"导入“{name}”：没有完成，再试一次", f"Import {name}: not completed, try again")
        yield Todo(words, reverse("enterprises:import", args=[intake.pk]))
