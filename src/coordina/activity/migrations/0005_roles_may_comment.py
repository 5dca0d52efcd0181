"""Give the roles of a company that exists already what new companies give theirs: comments, reminders, outgoing mail."""

from django.db import migrations

from coordina.core.changes import unrecorded

EVERYBODY = (
    "representative", "manager", "coordinator", "operations", "director", "administrator",
    "marketing", "logistics", "finance", "service", "product",
)
VERBS = ("view", "add", "change", "delete")


def grant(apps, schema_editor):
    """Add what a role says nothing about; what somebody has decided stays."""
    roles = apps.get_model("accounts", "Role")
    with unrecorded("new permissions of a new version"):
        for role in roles._base_manager.filter(slug__in=EVERYBODY):
            new = {f"activity.{verb}_{noun}": "all" for noun in ("comment", "reminder") for verb in VERBS}
            if role.slug == "administrator":
                new["activity.manage_mail"] = "all"
            roles._base_manager.filter(pk=role.pk).update(reach=new | role.reach)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("activity", "0004_alert_lists"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
