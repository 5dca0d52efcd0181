from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_worker_pulses")]

    operations = [
        migrations.AddField(
            model_name="pulse", name="broker_away_since", field=models.DateTimeField(null=True)
        ),
    ]
