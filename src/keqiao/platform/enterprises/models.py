"""Enterprises and the record of their facts.

A fact is never overwritten: a batch (an import, a declaration, a correction) adds facts and ends those that they
replace; withdrawing the batch ends its facts and gives back those that it had ended. ``number`` holds flags, days
(since 1970-01-01) and quantities in the stored units of a snapshot (分; 10⁻⁸ of a ratio; 10⁻⁴ of counts, points
and years); ``text`` holds codes and texts.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Enterprise(models.Model):
    """An enterprise, by its key (scheme, code). ``stage`` and ``industry`` are copied from the facts for filters."""

    scheme = models.CharField(max_length=8, default="uscc")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=160, db_index=True)
    industry = models.CharField(max_length=40, blank=True)
    stage = models.CharField(max_length=20, blank=True)
    size = models.CharField(max_length=20, blank=True)
    titles_known = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True)
    is_synthetic = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "enterprises_enterprise"
        constraints = [models.UniqueConstraint(fields=["scheme", "code"], name="enterprise_key")]

    def __str__(self) -> str:
        return self.name


class Residence(models.Model):
    """An enterprise lies in a place from a day to a day; in several places at once (区县 and 园区)."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="residences")
    place = models.ForeignKey("institutions.Place", on_delete=models.PROTECT)
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta:
        db_table = "enterprises_residence"
        indexes = [models.Index(fields=["place", "enterprise"])]


class Link(models.Model):
    """A renaming or merger: the old key became the enterprise on a day."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="links")
    old_scheme = models.CharField(max_length=8)
    old_code = models.CharField(max_length=40)
    old_name = models.CharField(max_length=160, blank=True)
    on = models.DateField()
    kind = models.CharField(max_length=10)
    batch = models.ForeignKey("enterprises.Batch", on_delete=models.PROTECT)

    class Meta:
        db_table = "enterprises_link"


class Indicator(models.Model):
    """The register of indicator ids of the vocabulary, so that twelve million facts hold a small number each."""

    id = models.SmallAutoField(primary_key=True)
    key = models.CharField(max_length=80, unique=True)

    class Meta:
        db_table = "enterprises_indicator"


class Batch(models.Model):
    """Facts that were recorded together: where from, by whom, when. Withdrawn as a whole."""

    kind = models.CharField(max_length=12)  # import, declaration, objection, demo
    source = models.CharField(max_length=40, blank=True)
    office = models.ForeignKey("institutions.Office", null=True, on_delete=models.PROTECT)
    enterprise = models.ForeignKey(Enterprise, null=True, on_delete=models.PROTECT)
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT)
    year = models.SmallIntegerField()
    recorded_at = models.DateTimeField()
    files = models.JSONField(default=list)  # [{name, sha256, rows}]
    counts = models.JSONField(default=dict)  # {new, changed, same, enterprises}
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    #: the batch of the same import that this one, of a further source, was recorded and is withdrawn with
    part_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="parts")

    class Meta:
        db_table = "enterprises_batch"


class Fact(models.Model):
    """One value of one indicator in one year (0: static) as one source says it.

    ``ended_by`` is the batch that replaced it; ``prevails`` says that rules read this one among the current values.
    """

    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, db_index=False)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, db_index=False)
    year = models.SmallIntegerField()
    number = models.BigIntegerField(null=True)
    text = models.CharField(max_length=400, null=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, db_index=False)
    ended_by = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="ended", db_index=False)
    prevails = models.BooleanField(default=True)

    class Meta:
        db_table = "enterprises_fact"
        indexes = [
            models.Index(fields=["enterprise", "indicator", "year"], name="fact_place"),
            models.Index(fields=["batch"], name="fact_batch"),
            models.Index(fields=["ended_by"], name="fact_ended", condition=Q(ended_by__isnull=False)),
        ]


class Title(models.Model):
    """A title (称号) from a day to a day; either may be unknown."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="titles")
    title = models.CharField(max_length=80)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT)
    ended_by = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "enterprises_title"


class Record(models.Model):
    """A record of a kind that the vocabulary declares (专利, 合同 …); ``data`` in stored units by field id."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="records")
    kind = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT)
    ended_by = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "enterprises_record"
        indexes = [models.Index(fields=["enterprise", "kind"])]


class Intake(models.Model):
    """An import on its way: 上传 → 对表头 → 改错 → 预览变化 → 提交. ``version`` refuses stale forms."""

    office = models.ForeignKey("institutions.Office", on_delete=models.PROTECT)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT)
    state = models.CharField(max_length=12, default="uploaded")
    version = models.PositiveIntegerField(default=1)
    year = models.SmallIntegerField()
    as_of = models.DateField()
    source = models.CharField(max_length=40, blank=True)
    files = models.JSONField(default=list)  # [{name, stored, sha256, size}]
    mapping = models.JSONField(default=dict)
    edits = models.JSONField(default=list)  # [{file, sheet, cell, old, new, by, at}]
    report = models.JSONField(default=dict)
    staged = models.CharField(max_length=200, blank=True)
    preview = models.JSONField(default=dict)
    job = models.ForeignKey("jobs.Job", null=True, on_delete=models.SET_NULL)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "enterprises_intake"


class Registration(models.Model):
    """A person claims to act for an enterprise; the zone's office approves or refuses with a reason."""

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT)
    code = models.CharField(max_length=18)
    name = models.CharField(max_length=160)
    place = models.ForeignKey("institutions.Place", on_delete=models.PROTECT)
    enterprise = models.ForeignKey(Enterprise, null=True, on_delete=models.PROTECT)
    state = models.CharField(max_length=10, default="pending")  # pending, approved, refused
    reason = models.CharField(max_length=400, blank=True)
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "enterprises_registration"


class Declaration(models.Model):
    """Facts that an enterprise is writing; saved as typed, recorded as a batch when submitted."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT)
    year = models.SmallIntegerField()
    typed = models.JSONField(default=dict)  # {indicator: {year: text}}
    state = models.CharField(max_length=10, default="draft")  # draft, submitted
    version = models.PositiveIntegerField(default=1)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT)
    saved_at = models.DateTimeField()

    class Meta:
        db_table = "enterprises_declaration"


class Objection(models.Model):
    """异议: the enterprise says that a fact is wrong; decided with a reason by ``due``. Meanwhile both values show."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT)
    fact = models.ForeignKey(Fact, null=True, on_delete=models.PROTECT)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT)
    year = models.SmallIntegerField()
    number = models.BigIntegerField(null=True)
    text = models.CharField(max_length=400, null=True)
    why = models.TextField()
    state = models.CharField(max_length=10, default="open")  # open, upheld, rejected, withdrawn
    due = models.DateField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT)
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "enterprises_objection"
        indexes = [models.Index(fields=["enterprise", "state"])]


class FactRequest(models.Model):
    """An office asks enterprises for facts: which indicators, for which rule, until when."""

    office = models.ForeignKey("institutions.Office", on_delete=models.PROTECT)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT)
    rule = models.CharField(max_length=80, blank=True)
    indicators = models.JSONField(default=list)
    year = models.SmallIntegerField()
    words = models.CharField(max_length=400, blank=True)
    due = models.DateField()
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "enterprises_fact_request"


class Asked(models.Model):
    """One enterprise that was asked: when it saw the request and when it answered."""

    request = models.ForeignKey(FactRequest, on_delete=models.CASCADE, related_name="asked")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT)
    seen_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    declaration = models.ForeignKey(Declaration, null=True, on_delete=models.SET_NULL)

    class Meta:
        db_table = "enterprises_asked"
        constraints = [models.UniqueConstraint(fields=["request", "enterprise"], name="asked_once")]


class Evidence(models.Model):
    """An uploaded file, encrypted outside the web root under a random name; belongs to exactly one owner object."""

    enterprise = models.ForeignKey(Enterprise, null=True, on_delete=models.PROTECT)
    registration = models.ForeignKey(Registration, null=True, on_delete=models.PROTECT, related_name="files")
    declaration = models.ForeignKey(Declaration, null=True, on_delete=models.PROTECT, related_name="files")
    objection = models.ForeignKey(Objection, null=True, on_delete=models.PROTECT, related_name="files")
    indicator = models.CharField(max_length=80, blank=True)
    purpose = models.CharField(max_length=20)  # licence, authorisation, fact, objection
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=10)  # pdf, png, jpeg, docx, xlsx
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored = models.CharField(max_length=64, unique=True)
    readable = models.BooleanField(default=True)  # False: a scan whose text could not be searched for marks
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT)
    uploaded_at = models.DateTimeField(auto_now_add=True)
    wiped_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "enterprises_evidence"
