"""Jobs: long work in the database's queue."""

from __future__ import annotations

from django.db import models

STATES = [(x, x) for x in ("waiting", "running", "done", "failed", "cancelled")]


class Job(models.Model):
    """A piece of long work. A worker holds it by ``worker`` and ``beat``; without a beat it is taken up again.

    ``done`` of ``total`` counts what the current ``step`` counts. ``result`` and ``problem`` (a sentence
    ``{zh, en}``) are set at the end. ``attempts`` counts starts; work is safe to repeat.
    """

    kind = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=STATES, default="waiting")
    membership = models.ForeignKey("accounts.Membership", null=True, on_delete=models.PROTECT, related_name="jobs")
    steps = models.JSONField(default=list)  # [{"name": …, "seconds": …}], those finished
    step = models.CharField(max_length=80, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    result = models.JSONField(default=dict)
    problem = models.JSONField(default=dict)
    cancel_asked = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=60, blank=True)
    beat = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    every = models.DurationField(null=True)
    #: two jobs with the same lock never run side by side
    lock = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "jobs_job"
        indexes = [models.Index(fields=["state", "not_before", "id"])]
