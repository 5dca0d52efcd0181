"""Business cards: the columns of the table that vCards are written out as."""

from django.utils.translation import gettext_lazy as _

from coordina.records.importing.exports import add_export

add_export(
    "vcard",
    "vCard",
    "card",
    holds=_("contacts"),
    type="person",
    marks=("UID", "FN", "ORG", "TEL", "CELL"),
    columns={
        "UID": "external_id",
        "FN": "name",
        "Given name": "first_name",
        "Family name": "last_name",
        "ORG": "company",
        "TITLE": "job_title",
        "EMAIL": "email",
        "TEL": "phone",
        "CELL": "mobile",
        "City": "city",
        "URL": "profile_url",
        "LANG": "language",
        "CATEGORIES": "tags",
    },
)
