"""What a seat costs in a month, where the partner keeps it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0015_events_of_prices"),
        ("licensing", "0006_implied_keys"),
    ]

    operations = [
        migrations.AddField(
            model_name="subscription",
            name="currency",
            field=models.CharField(
                blank=True, db_default="", max_length=3, verbose_name="currency"
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="price",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                max_digits=10,
                null=True,
                verbose_name="price per seat and month",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("currency", ""), ("price", None)),
                    models.Q(("price__gte", 0), models.Q(("currency", ""), _negated=True)),
                    _connector="OR",
                ),
                name="price_has_its_currency",
            ),
        ),
    ]
