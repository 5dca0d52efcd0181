"""What of the fields of records a role does not see, or only reads."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Fields closed to a role."""

    dependencies = [("accounts", "0003_tokens")]
    operations = [
        migrations.AddField(
            model_name="role",
            name="fields",
            field=models.JSONField(blank=True, default=dict, editable=False, verbose_name="fields"),
        )
    ]
