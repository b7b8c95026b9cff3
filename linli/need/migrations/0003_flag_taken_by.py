"""A flag taken has one taker."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("need", "0002_states_and_files")]

    operations = [migrations.AddField("flag", "taken_by", models.UUIDField(null=True))]
