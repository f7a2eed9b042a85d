"""The chain of events: append-only, each with the hash of the one before."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """One act: who, when, from where, what, on what, with which result.

    ``number`` counts from 1 without gaps. ``detail`` is canonical JSON with business values only as hashes
    (`keqiao.platform.audit.chain`). ``hash`` covers all fields and ``previous``.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=200)
    role = models.CharField(max_length=20)
    tag = models.CharField(max_length=80)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    success = models.BooleanField(default=True)
    address = models.CharField(max_length=64, blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    detail = models.TextField(default="{}")
    algorithm = models.CharField(max_length=10, default="SM3")
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "audit_event"
        indexes = [
            models.Index(fields=["at"]),
            models.Index(fields=["tag", "number"]),
            models.Index(fields=["actor_id", "number"]),
            models.Index(fields=["object_type", "object_id", "number"]),
        ]


class Head(models.Model):
    """The head of the chain as it was exported or verified: what an outsider keeps to detect truncation."""

    number = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    purpose = models.CharField(max_length=20)  # export, verify, backup, restore, daily
    result = models.TextField(blank=True)

    class Meta:
        db_table = "audit_head"
