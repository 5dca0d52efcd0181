"""Roles of a company that exists already learn of shipping; what somebody has decided stays."""

from django.db import migrations

from coordina.core.changes import unrecorded

LEADERS = ("coordinator", "operations", "director", "administrator")
SELLERS = {"representative": "own", "manager": "team"}
NEIGHBOURS = ("logistics", "finance", "service")
OTHERS = ("marketing", "product")


def grant(apps, schema_editor):
    """Give every role what new companies give it."""
    roles = apps.get_model("accounts", "Role")
    with unrecorded("new permissions of a new version"):
        for role in roles._base_manager.filter(slug__in=(*LEADERS, *SELLERS, *NEIGHBOURS, *OTHERS)):
            new = {"shipping.view_carrier": "all"}
            if role.slug not in OTHERS:
                new["shipping.view_shipment"] = SELLERS.get(role.slug, "all")
            if role.slug in LEADERS or role.slug == "logistics":
                new |= {f"shipping.{verb}_{noun}": "all"
                        for noun in ("carrier", "shipment") for verb in ("add", "change", "delete")}
                new["shipping.ship_shipment"] = "all"
            roles._base_manager.filter(pk=role.pk).update(reach=new | role.reach)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_role_fields"),
        ("shipping", "0001_begin"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
