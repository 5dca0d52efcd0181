"""A company that exists already gets units of measure, and its roles the permissions of this version.

What somebody has decided stays.
"""

from django.db import migrations
from django.utils import timezone, translation

from coordina.core.changes import unrecorded

KEEPERS = ("operations", "administrator")
EVERYONE = (
    *("coordinator", "operations", "director", "administrator", "representative", "manager"),
    *("marketing", "logistics", "finance", "service", "product"),
)
SEES_COST = ("coordinator", "operations", "director", "administrator", "manager", "finance", "product")


def bring(apps, schema_editor):
    """Units in the company's language, and what new companies give each role."""
    from coordina.catalog.defaults import UNITS

    language = apps.get_model("accounts", "Organization")._base_manager.values_list("language", flat=True).first()
    if language is None:
        return
    roles, units = apps.get_model("accounts", "Role"), apps.get_model("catalog", "Unit")
    now = timezone.now()
    with unrecorded("new permissions and units of a new version"), translation.override(language):
        for role in roles._base_manager.exclude(slug=""):
            verbs = ("view", "add", "change", "delete") if role.slug in KEEPERS else ("view",)
            new = {f"catalog.{verb}_unit": "all" for verb in verbs if role.slug in EVERYONE}
            new |= {"catalog.see_cost": "all"} if role.slug in SEES_COST else {}
            roles._base_manager.filter(pk=role.pk).update(reach=new | role.reach)
        if not units._base_manager.exists():
            for name, symbol, decimals in UNITS:
                units._base_manager.create(
                    name=str(name), symbol=str(symbol), decimals=decimals, created_at=now, changed_at=now
                )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_role_fields"),
        ("catalog", "0003_products_grown"),
    ]

    operations = [migrations.RunPython(bring, migrations.RunPython.noop)]
