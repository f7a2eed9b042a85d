"""What the interface remembers of itself: which writes it has answered, so that a repeated one is not done twice."""

from __future__ import annotations

from django.db import models


class Answered(models.Model):
    """A write that was done under an idempotency key: what was asked (as a hash) and what was answered.

    Tokens themselves are in `accounts`.
    """

    membership = models.ForeignKey("accounts.Membership", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    asked = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField(default=dict)
    at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "api_answered"
        constraints = [models.UniqueConstraint(fields=["membership", "key"], name="answered_once")]
