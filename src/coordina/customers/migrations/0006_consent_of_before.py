"""What contacts said to being written to becomes the first line of its history; roles learn of the new permissions."""

from django.db import migrations
from django.utils import translation

from coordina.core.changes import unrecorded

MAIN = {"es": "Comunicaciones comerciales", "en": "Commercial messages"}
READERS = (
    "representative", "manager", "coordinator", "operations", "director", "administrator",
    "marketing", "logistics", "finance", "service", "product",
)
KEEPERS = ("operations", "administrator")
BATCH = 500


def remember(apps, schema_editor):
    """Make one answer of each contact that has one; nothing of it is lost, and the columns stay as they are."""
    people, entries = apps.get_model("customers", "Person"), apps.get_model("customers", "ConsentEntry")
    known = people._base_manager.exclude(consent="").order_by("pk")
    company = apps.get_model("accounts", "Organization")._base_manager.first()
    if company is None:
        return
    with unrecorded("a new table takes over what a column held"):
        language = (getattr(company, "language", "") or translation.get_language() or "es")[:2]
        purpose = apps.get_model("customers", "Purpose")(
            name=MAIN.get(language, MAIN["en"]), main=True, created_at=company.created_at, changed_at=company.changed_at
        )
        apps.get_model("customers", "Purpose")._base_manager.bulk_create([purpose])
        made = []
        for each in known.iterator(BATCH):
            made.append(
                entries(
                    subject_type="customers.Person", subject_id=each.pk, purpose_id=purpose.pk, answer=each.consent,
                    said_on=each.consent_on, source=each.consent_source, created_at=each.changed_at,
                    changed_at=each.changed_at,
                )
            )
            if len(made) == BATCH:
                entries._base_manager.bulk_create(made)
                made = []
        entries._base_manager.bulk_create(made)


def grant(apps, schema_editor):
    """Add what a role says nothing about; what somebody has decided stays."""
    roles = apps.get_model("accounts", "Role")
    leaders = ("coordinator", "operations", "director", "administrator")
    with unrecorded("new permissions of a new version"):
        for role in roles._base_manager.filter(slug__in=READERS):
            new = {"customers.view_purpose": "all"}
            if role.slug in KEEPERS:
                new |= {f"customers.{verb}_{noun}": "all" for verb in ("view", "add", "change", "delete")
                        for noun in ("purpose", "suppression")}
            if role.slug in leaders or role.slug == "manager":
                new["customers.allow_contact"] = "team" if role.slug == "manager" else "all"
            roles._base_manager.filter(pk=role.pk).update(reach=new | role.reach)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_role_fields"),
        ("customers", "0005_consent_history"),
    ]

    operations = [
        migrations.RunPython(remember, migrations.RunPython.noop),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
