"""The tree of places and its dated codes (GB/T 2260, GB/T 10114 and those below)."""

from __future__ import annotations

from django.db import models

from linli.core.models import Row


class Place(Row):
    """Province → prefecture → county → town → community → grid.

    `path` is the chain of codes from the root, each followed by a slash, so that “inside” is a
    prefix test. `tile_column`, `tile_row` place a town on the schematic map; nobody's home is on it.
    """

    personal_fields = ()

    class Level(models.TextChoices):
        PROVINCE = "province"
        PREFECTURE = "prefecture"
        COUNTY = "county"
        TOWN = "town"
        COMMUNITY = "community"
        GRID = "grid"

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80, blank=True)
    level = models.CharField(max_length=12, choices=Level.choices)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=120, unique=True)
    kind_word = models.CharField(max_length=12, blank=True)
    urban_rural_class = models.CharField(max_length=3, blank=True)
    has_service_point = models.BooleanField(default=False)
    tile_column = models.PositiveSmallIntegerField(null=True)
    tile_row = models.PositiveSmallIntegerField(null=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class PlaceCode(models.Model):
    """A code a place bore from a day to a day; a record keeps the code of its own date.

    `valid_from` is null where the source does not say since when (the national snapshot).
    """

    personal_fields = ()

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="codes")
    code = models.CharField(max_length=20, db_index=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    replaced_by = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "code"], name="place_code_once"),
        ]
