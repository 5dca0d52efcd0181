"""Administrators of a company that exists already learn of rules of retention; what somebody has decided stays."""

from django.db import migrations

from coordina.core.changes import unrecorded

VERBS = ("view", "add", "change", "delete")


def grant(apps, schema_editor):
    """Give administrators what new companies give them."""
    roles = apps.get_model("accounts", "Role")
    with unrecorded("new permissions of a new version"):
        for role in roles._base_manager.filter(slug="administrator"):
            new = {f"privacy.{verb}_retentionrule": "all" for verb in VERBS}
            roles._base_manager.filter(pk=role.pk).update(reach=new | role.reach)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_role_fields"),
        ("privacy", "0003_retention"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
