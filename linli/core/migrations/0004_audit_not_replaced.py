"""SQLite's INSERT OR REPLACE fires no trigger of a deletion: a row in the place of another is refused by itself."""

from django.db import migrations

TRIGGER = """CREATE TRIGGER core_auditrow_no_replace BEFORE INSERT ON core_auditrow
             WHEN EXISTS (SELECT 1 FROM core_auditrow WHERE number = NEW.number)
             BEGIN SELECT RAISE(ABORT, 'audit rows cannot be changed'); END"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(TRIGGER)


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER core_auditrow_no_replace")


class Migration(migrations.Migration):
    dependencies = [("core", "0003_counters")]
    operations = [migrations.RunPython(guard, unguard)]
