"""Roles of a company that exists already may override checks as those of new companies; what was decided stays."""

from django.db import migrations

from coordina.core.changes import unrecorded

REACH = dict.fromkeys(("coordinator", "operations", "director", "administrator"), "all") | {"manager": "team"}


def grant(apps, schema_editor):
    """Give every role what new companies give it."""
    roles = apps.get_model("accounts", "Role")
    with unrecorded("new permissions of a new version"):
        for role in roles._base_manager.filter(slug__in=REACH):
            new = {"orders.override_checks": REACH[role.slug]}
            roles._base_manager.filter(pk=role.pk).update(reach=new | role.reach)


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0004_checks"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
