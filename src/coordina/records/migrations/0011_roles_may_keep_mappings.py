"""Give the roles of a company that exists already what new companies give theirs: saved mappings of imports."""

from django.db import migrations

from coordina.core.changes import unrecorded

LEADERS = ("coordinator", "operations", "director", "administrator")
OTHERS = ("manager", "product")


def grant(apps, schema_editor):
    """Add what a role says nothing about; what somebody has decided stays."""
    roles = apps.get_model("accounts", "Role")
    with unrecorded("new permissions of a new version"):
        for role in roles._base_manager.filter(slug__in=(*LEADERS, *OTHERS)):
            changes = "all" if role.slug in LEADERS else "own"
            new = {f"records.{verb}_importmapping": "all" for verb in ("view", "add")}
            new |= {f"records.{verb}_importmapping": changes for verb in ("change", "delete")}
            roles._base_manager.filter(pk=role.pk).update(reach=new | role.reach)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("records", "0010_saved_mappings"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
