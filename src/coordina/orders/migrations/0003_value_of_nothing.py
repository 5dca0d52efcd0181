from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0002_roles"),
    ]

    operations = [
        migrations.AlterField(
            model_name="order",
            name="value",
            field=models.DecimalField(
                decimal_places=2,
                default=0,
                editable=False,
                max_digits=16,
                null=True,
                verbose_name="net in the reporting currency",
            ),
        ),
    ]
