"""Roles of a company that exists already learn of stock; what somebody has decided stays."""

from django.db import migrations

from coordina.core.changes import unrecorded

NOUNS = ("warehouse", "location", "stockitem", "stockmove", "reservation", "stockcount", "trackedproduct")
NOTED = ("stockmove", "reservation")
LEADERS = ("coordinator", "operations", "director", "administrator")
SELLERS = ("representative", "manager")
NEIGHBOURS = ("marketing", "logistics", "finance", "service", "product")


def grant(apps, schema_editor):
    """Give every role what new companies give it."""
    roles = apps.get_model("accounts", "Role")
    with unrecorded("new permissions of a new version"):
        for role in roles._base_manager.filter(slug__in=(*LEADERS, *SELLERS, *NEIGHBOURS)):
            new = {f"stock.view_{noun}": "all" for noun in NOUNS}
            keeps = role.slug in LEADERS or role.slug == "logistics"
            if keeps:
                kept = [noun for noun in NOUNS if noun not in NOTED]
                new |= {f"stock.{verb}_{noun}": "all" for noun in kept for verb in ("add", "change", "delete")}
                new["stock.move_stock"] = "all"
            if keeps or role.slug in SELLERS:
                new |= {"stock.reserve_stock": "all", "stock.change_reservation": "all"}
            roles._base_manager.filter(pk=role.pk).update(reach=new | role.reach)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_role_fields"),
        ("stock", "0001_begin"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
