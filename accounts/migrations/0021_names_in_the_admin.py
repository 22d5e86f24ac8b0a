"""Models are called by names that can be translated: the admin shows them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0020_order_under_policies"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="credentialsheet",
            options={
                "ordering": ("-id",),
                "verbose_name": "credential sheet",
                "verbose_name_plural": "credential sheets",
            },
        ),
        migrations.AlterModelOptions(
            name="credentialsheetpart",
            options={
                "ordering": ("sheet", "number"),
                "verbose_name": "credential sheet part",
                "verbose_name_plural": "credential sheet parts",
            },
        ),
        migrations.AlterModelOptions(
            name="delivery",
            options={"verbose_name": "delivery", "verbose_name_plural": "deliveries"},
        ),
        migrations.AlterModelOptions(
            name="savedfilter",
            options={"verbose_name": "saved filter", "verbose_name_plural": "saved filters"},
        ),
        migrations.AlterModelOptions(
            name="selection",
            options={"verbose_name": "selection", "verbose_name_plural": "selections"},
        ),
        migrations.AlterModelOptions(
            name="sheetreading",
            options={"verbose_name": "sheet reading", "verbose_name_plural": "sheet readings"},
        ),
        migrations.AlterModelOptions(
            name="user",
            options={"verbose_name": "user", "verbose_name_plural": "users"},
        ),
    ]
