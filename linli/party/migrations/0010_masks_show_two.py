"""The masked ID number shows its last two characters and nothing else."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import CharField, Value
from django.db.models.functions import Concat, Length, Repeat, Right


def shorten(apps: Any, _schema_editor: Any) -> None:
    """Rewrite every mask where it stands: the number itself lies sealed and stays so."""
    rows = apps.get_model("party", "Person").objects.exclude(id_no_masked="")
    stars = Repeat(Value("*"), Length("id_no_masked") - 2, output_field=CharField())
    rows.update(id_no_masked=Concat(stars, Right("id_no_masked", 2)))


class Migration(migrations.Migration):
    dependencies = [("party", "0009_consent_gone")]

    operations = [migrations.RunPython(shorten, migrations.RunPython.noop)]
