"""Roles of a company that exists already learn of orders; what somebody has decided stays."""

from django.db import migrations

from coordina.core.changes import unrecorded

LEADERS = ("coordinator", "operations", "director", "administrator")
SELLERS = {"representative": "own", "manager": "team"}
LOOKERS = ("logistics", "finance", "service")
WRITES = ("add_order", "change_order", "confirm_order", "reserve_order")


def reach_of(slug):
    """What new companies give a role."""
    if slug in LEADERS:
        return {f"orders.{verb}": "all" for verb in ("view_order", "delete_order", *WRITES)}
    if slug in SELLERS:
        found = {f"orders.{verb}": SELLERS[slug] for verb in ("view_order", *WRITES)}
        return found | ({"orders.delete_order": "team"} if slug == "manager" else {})
    found = {"orders.view_order": "all"}
    return found | ({"orders.reserve_order": "all"} if slug == "logistics" else {})


def grant(apps, schema_editor):
    """Give every role what new companies give it."""
    roles = apps.get_model("accounts", "Role")
    with unrecorded("new permissions of a new version"):
        for role in roles._base_manager.filter(slug__in=(*LEADERS, *SELLERS, *LOOKERS)):
            roles._base_manager.filter(pk=role.pk).update(reach=reach_of(role.slug) | role.reach)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_role_fields"),
        ("orders", "0001_begin"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
