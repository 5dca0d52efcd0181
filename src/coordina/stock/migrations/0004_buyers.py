"""Roles of a company that exists already learn of suppliers and purchase orders; what somebody has decided stays."""

from django.db import migrations

from coordina.core.changes import unrecorded

NOUNS = ("supplier", "supplierproduct", "purchaseorder")
KEEPERS = ("coordinator", "operations", "director", "administrator", "logistics")


def grant(apps, schema_editor):
    """Give every role what new companies give it."""
    roles = apps.get_model("accounts", "Role")
    with unrecorded("new permissions of a new version"):
        for role in roles._base_manager.filter(slug__in=(*KEEPERS, "finance", "product")):
            verbs = ("view", "add", "change", "delete") if role.slug in KEEPERS else ("view",)
            new = {f"stock.{verb}_{noun}": "all" for noun in NOUNS for verb in verbs}
            roles._base_manager.filter(pk=role.pk).update(reach=new | role.reach)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_role_fields"),
        ("stock", "0003_suppliers"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
