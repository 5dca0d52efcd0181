"""Roles of a company that exists already learn of delivery calendars; what somebody has decided stays."""

from django.db import migrations

from coordina.core.changes import unrecorded

EVERYONE = (
    *("coordinator", "operations", "director", "administrator", "representative", "manager"),
    *("marketing", "logistics", "finance", "service", "product"),
)
KEEPERS = ("operations", "administrator", "logistics")


def grant(apps, schema_editor):
    """Give every role what new companies give it."""
    roles = apps.get_model("accounts", "Role")
    with unrecorded("new permissions of a new version"):
        for role in roles._base_manager.filter(slug__in=EVERYONE):
            verbs = ("view", "add", "change", "delete") if role.slug in KEEPERS else ("view",)
            new = {f"promises.{verb}_workcalendar": "all" for verb in verbs}
            roles._base_manager.filter(pk=role.pk).update(reach=new | role.reach)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_role_fields"),
        ("promises", "0001_begin"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
