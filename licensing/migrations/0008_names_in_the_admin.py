"""Models are called by names that can be translated: the admin shows them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("licensing", "0007_prices"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="licenseassignment",
            options={
                "verbose_name": "license assignment",
                "verbose_name_plural": "license assignments",
            },
        ),
        migrations.AlterModelOptions(
            name="product",
            options={
                "ordering": ("name",),
                "verbose_name": "product",
                "verbose_name_plural": "products",
            },
        ),
        migrations.AlterModelOptions(
            name="seatreservation",
            options={
                "verbose_name": "seat reservation",
                "verbose_name_plural": "seat reservations",
            },
        ),
        migrations.AlterModelOptions(
            name="serviceplan",
            options={
                "ordering": ("name",),
                "verbose_name": "service plan",
                "verbose_name_plural": "service plans",
            },
        ),
        migrations.AlterModelOptions(
            name="subscription",
            options={"verbose_name": "subscription", "verbose_name_plural": "subscriptions"},
        ),
    ]
