"""Roles of a company that exists already learn of deliveries at risk; what somebody has decided stays."""

from django.db import migrations

from coordina.core.changes import unrecorded

LEADERS = dict.fromkeys(("coordinator", "operations", "director", "administrator"), "all")
SELLERS = {"representative": "own", "manager": "team"}
NEIGHBOURS = ("marketing", "logistics", "finance", "service", "product")
KEEPERS = ("operations", "administrator", "logistics")


def grant(apps, schema_editor):
    """Give every role what new companies give it."""
    roles = apps.get_model("accounts", "Role")
    seen = {**LEADERS, **SELLERS, "logistics": "all"}
    decided = {**LEADERS, **SELLERS}
    with unrecorded("new permissions of a new version"):
        for role in roles._base_manager.filter(slug__in=(*LEADERS, *SELLERS, *NEIGHBOURS)):
            verbs = ("view", "add", "change", "delete") if role.slug in KEEPERS else ("view",)
            new = {f"promises.{verb}_delaytext": "all" for verb in verbs}
            if role.slug in seen:
                new["promises.view_delay"] = seen[role.slug]
            if role.slug in decided:
                new["promises.decide_delay"] = decided[role.slug]
            roles._base_manager.filter(pk=role.pk).update(reach=new | role.reach)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_role_fields"),
        ("promises", "0004_delays"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
