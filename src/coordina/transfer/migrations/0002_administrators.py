"""Administrators of a company that exists already may take everything out; what somebody has decided stays."""

from django.db import migrations

from coordina.core.changes import unrecorded


def grant(apps, schema_editor):
    """Give administrators what new companies give them."""
    roles = apps.get_model("accounts", "Role")
    with unrecorded("new permissions of a new version"):
        for role in roles._base_manager.filter(slug="administrator"):
            roles._base_manager.filter(pk=role.pk).update(reach={"transfer.take_everything": "all"} | role.reach)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_provider_identities"),
        ("transfer", "0001_initial"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
