"""Runs of an office over a frozen snapshot, and where each enterprise stands in them."""

from __future__ import annotations

from django.db import models


class Run(models.Model):
    """A run: ``folder`` under ``runs/`` holds snapshot, packs, results and receipt as ``keqiao assess`` writes them."""

    number = models.PositiveIntegerField()
    office = models.ForeignKey("institutions.Office", on_delete=models.PROTECT)
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT)
    as_of = models.DateField()
    year = models.SmallIntegerField()
    state = models.CharField(max_length=10, default="waiting")  # waiting, running, done, failed, cancelled
    folder = models.CharField(max_length=80, blank=True)
    rows = models.IntegerField(default=0)
    snapshot_hash = models.CharField(max_length=64, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    #: per rule: title, version, status, unconfirmed, outcomes; and what pages show without opening the folder
    summary = models.JSONField(default=dict)
    previous = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    job = models.ForeignKey("jobs.Job", null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "assessments_run"
        constraints = [models.UniqueConstraint(fields=["office", "number"], name="run_number")]


class RuleKey(models.Model):
    """The register of rule ids, so that outcomes hold a small number each."""

    id = models.SmallAutoField(primary_key=True)
    key = models.CharField(max_length=80, unique=True)

    class Meta:
        db_table = "assessments_rule_key"


class Standing(models.Model):
    """An enterprise in a run: points of the leading scorecard (10⁻⁴), counts of outcomes, share of facts known (‰).

    Written by the hundred thousand in the one transaction that ends a run, whose keys have just been read: the
    database does not look each of them up again.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    enterprise = models.ForeignKey("enterprises.Enterprise", on_delete=models.CASCADE, db_constraint=False)
    low = models.BigIntegerField(null=True)
    high = models.BigIntegerField(null=True)
    rank = models.IntegerField(null=True)
    yes = models.SmallIntegerField(default=0)
    no = models.SmallIntegerField(default=0)
    unknown = models.SmallIntegerField(default=0)
    refer = models.SmallIntegerField(default=0)
    complete = models.SmallIntegerField(default=0)
    gained = models.SmallIntegerField(default=0)
    lost = models.SmallIntegerField(default=0)
    low_before = models.BigIntegerField(null=True)

    class Meta:
        db_table = "assessments_standing"
        constraints = [models.UniqueConstraint(fields=["run", "enterprise"], name="standing_once")]
        indexes = [
            models.Index(fields=["run", "low", "enterprise"]),
            models.Index(fields=["run", "complete", "enterprise"]),
            models.Index(fields=["run", "enterprise"], name="standing_gained", condition=models.Q(gained__gt=0)),
            models.Index(fields=["run", "enterprise"], name="standing_lost", condition=models.Q(lost__gt=0)),
        ]


class Outcome(models.Model):
    """The outcome of one title's rule for one enterprise in one run: 0 no, 1 unknown, 2 refer, 3 yes; NULL before: new."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    enterprise = models.ForeignKey("enterprises.Enterprise", on_delete=models.CASCADE, db_index=False, db_constraint=False)
    rule = models.ForeignKey(RuleKey, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    outcome = models.SmallIntegerField()
    before = models.SmallIntegerField(null=True)

    class Meta:
        db_table = "assessments_outcome"
        indexes = [models.Index(fields=["run", "rule", "outcome", "enterprise"])]
