"""Places, authority offices and institutions."""

from __future__ import annotations

from django.db import models

LEVELS = [(x, x) for x in ("province", "city", "district", "park", "area")]
KINDS = [(x, x) for x in ("bank", "guarantor", "insurer", "fund", "service")]


class Place(models.Model):
    """A place in the tree 省 市 区县 园区 片区; ``path`` is ``/1/5/9/``, ids from the root to the place itself."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    level = models.CharField(max_length=10, choices=LEVELS)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=120, db_index=True)
    #: the day from which it is used no longer
    until = models.DateField(null=True)

    class Meta:
        db_table = "institutions_place"

    def __str__(self) -> str:
        return self.name


class Office(models.Model):
    """A body of an authority, such as the 科技金融处 of a high-tech zone, which may span districts."""

    name = models.CharField(max_length=80)
    department = models.CharField(max_length=80, blank=True)
    places = models.ManyToManyField(Place, related_name="offices")
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "institutions_office"

    def __str__(self) -> str:
        return self.name


class Institution(models.Model):
    """A bank, guarantor, insurer, fund or service provider; a branch has its parent."""

    kind = models.CharField(max_length=10, choices=KINDS)
    name = models.CharField(max_length=120)
    code = models.CharField(max_length=18, blank=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="branches")
    path = models.CharField(max_length=120, db_index=True, default="")
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "institutions_institution"

    def __str__(self) -> str:
        return self.name
