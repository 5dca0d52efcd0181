"""A company that exists already gets the taxes of its country, and its roles the permissions of this version.

What somebody has decided stays.
"""

from decimal import Decimal

from django.db import migrations
from django.utils import timezone, translation

from coordina.core.changes import unrecorded

VERBS = ("view", "add", "change", "delete")
KEEPERS = ("operations", "administrator")


def bring(apps, schema_editor):
    """Classes, regimes and rates as new companies have them, and what new companies give each role."""
    from coordina.catalog.tax_defaults import CLASSES, REGIMES

    company = apps.get_model("accounts", "Organization")._base_manager.values("language", "country").first()
    if company is None:
        return
    roles, classes = apps.get_model("accounts", "Role"), apps.get_model("catalog", "TaxClass")
    regimes, rates = apps.get_model("catalog", "TaxRegime"), apps.get_model("catalog", "TaxRate")
    now = timezone.now()
    times = {"created_at": now, "changed_at": now}
    with unrecorded("new permissions and taxes of a new version"), translation.override(company["language"]):
        for role in roles._base_manager.exclude(slug=""):
            verbs = VERBS if role.slug in KEEPERS else VERBS[:1]
            new = {f"catalog.{verb}_{noun}": "all" for verb in verbs for noun in ("taxclass", "taxregime")}
            roles._base_manager.filter(pk=role.pk).update(reach=new | role.reach)
        if classes._base_manager.exists() or company["country"] != "ES":
            return
        made = [
            classes._base_manager.create(name=str(name), usual=place == 0, **times)
            for place, name in enumerate(CLASSES)
        ]
        for said, rows in REGIMES:
            regime = regimes._base_manager.create(**said, country="ES", ours=not said["postal_codes"], **times)
            for place, percent, surcharge, since, law in rows:
                rates._base_manager.create(
                    regime=regime,
                    tax_class=made[place],
                    percent=Decimal(percent),
                    surcharge=Decimal(surcharge),
                    since=since,
                    law=law,
                    **times,
                )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_role_fields"),
        ("catalog", "0007_taxes"),
    ]

    operations = [migrations.RunPython(bring, migrations.RunPython.noop)]
