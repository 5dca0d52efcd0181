"""Roles of a company that exists already learn of the letterhead; what somebody has decided stays."""

from django.db import migrations

from coordina.core.changes import unrecorded

KEEPERS = ("operations", "administrator")
OTHERS = ("coordinator", "director", "representative", "manager", "marketing", "logistics", "finance", "service", "product")


def grant(apps, schema_editor):
    """Give every role what new companies give it."""
    roles = apps.get_model("accounts", "Role")
    with unrecorded("new permissions of a new version"):
        for role in roles._base_manager.filter(slug__in=(*KEEPERS, *OTHERS)):
            new = {"documents.view_letterhead": "all"}
            if role.slug in KEEPERS:
                new |= {f"documents.{verb}_letterhead": "all" for verb in ("add", "change", "delete")}
            roles._base_manager.filter(pk=role.pk).update(reach=new | role.reach)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_role_fields"),
        ("documents", "0001_begin"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
