"""Roles of a company that exists already learn of price lists; what somebody has decided stays."""

from django.db import migrations

from coordina.core.changes import unrecorded

VERBS = ("view", "add", "change", "delete")
KEEPERS = ("operations", "administrator")
SEES_COST = ("coordinator", "operations", "director", "administrator", "manager", "finance", "product")


def grant(apps, schema_editor):
    """Everybody reads price lists and groups, operations keep them; floors are seen with costs."""
    roles = apps.get_model("accounts", "Role")
    with unrecorded("new permissions of a new version"):
        for role in roles._base_manager.exclude(slug=""):
            verbs = VERBS if role.slug in KEEPERS else VERBS[:1]
            nouns = ("catalog.{}_pricelist", "customers.{}_customergroup")
            new = {noun.format(verb): "all" for verb in verbs for noun in nouns}
            if role.slug in SEES_COST:
                new |= {f"catalog.{verb}_marginfloor": "all" for verb in verbs}
            roles._base_manager.filter(pk=role.pk).update(reach=new | role.reach)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_role_fields"),
        ("catalog", "0005_price_lists"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
