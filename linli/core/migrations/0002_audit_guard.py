"""Audit rows can be added only: triggers refuse every change, and the chain gets its first head."""

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER core_auditrow_no_update BEFORE UPDATE ON core_auditrow
       BEGIN SELECT RAISE(ABORT, 'audit rows cannot be changed'); END""",
    """CREATE TRIGGER core_auditrow_no_delete BEFORE DELETE ON core_auditrow
       BEGIN SELECT RAISE(ABORT, 'audit rows cannot be deleted'); END""",
]
POSTGRESQL = [
    """CREATE FUNCTION core_auditrow_refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'audit rows cannot be changed or deleted'; END $$""",
    """CREATE TRIGGER core_auditrow_guard BEFORE UPDATE OR DELETE ON core_auditrow
       FOR EACH ROW EXECUTE FUNCTION core_auditrow_refuse()""",
    """CREATE TRIGGER core_auditrow_no_truncate BEFORE TRUNCATE ON core_auditrow
       FOR EACH STATEMENT EXECUTE FUNCTION core_auditrow_refuse()""",
]


def guard(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)
    apps.get_model("core", "AuditHead").objects.create(pk=1)


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        statements = [f"DROP TRIGGER core_auditrow_no_{verb}" for verb in ("update", "delete")]
    else:
        statements = [
            "DROP TRIGGER core_auditrow_guard ON core_auditrow",
            "DROP TRIGGER core_auditrow_no_truncate ON core_auditrow",
            "DROP FUNCTION core_auditrow_refuse()",
        ]
    for statement in statements:
        schema_editor.execute(statement)
    apps.get_model("core", "AuditHead").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
