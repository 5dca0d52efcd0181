"""Roles of a company that exists already learn of the new permissions; what somebody has decided stays."""

from django.db import migrations

from coordina.core.changes import unrecorded

VERBS = ("view", "add", "change", "delete")


def grant(apps, schema_editor):
    """Give who looks after the system what new companies give them."""
    roles = apps.get_model("accounts", "Role")
    with unrecorded("new permissions of a new version"):
        for role in roles._base_manager.filter(slug__in=("operations", "administrator")):
            new = {f"privacy.{verb}_privacyrequest": "all" for verb in VERBS}
            new |= {"privacy.view_erasure": "all", "privacy.hand_out": "all"}
            if role.slug == "administrator":
                new["privacy.erase_people"] = "all"
            roles._base_manager.filter(pk=role.pk).update(reach=new | role.reach)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_role_fields"),
        ("privacy", "0001_begin"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
