"""Models are called by names that can be translated: the admin shows them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0021_already_so"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="auditevent",
            options={"verbose_name": "audit event", "verbose_name_plural": "audit events"},
        ),
        migrations.AlterModelOptions(
            name="auditnames",
            options={"verbose_name": "audit names", "verbose_name_plural": "audit names"},
        ),
        migrations.AlterModelOptions(
            name="batch",
            options={"verbose_name": "batch", "verbose_name_plural": "batches"},
        ),
        migrations.AlterModelOptions(
            name="batchitem",
            options={"verbose_name": "batch item", "verbose_name_plural": "batch items"},
        ),
        migrations.AlterModelOptions(
            name="customer",
            options={
                "ordering": ("name",),
                "verbose_name": "customer",
                "verbose_name_plural": "customers",
            },
        ),
        migrations.AlterModelOptions(
            name="domain",
            options={
                "ordering": ("-is_primary", "name"),
                "verbose_name": "domain",
                "verbose_name_plural": "domains",
            },
        ),
        migrations.AlterModelOptions(
            name="partner",
            options={
                "ordering": ("name",),
                "verbose_name": "partner",
                "verbose_name_plural": "partners",
            },
        ),
    ]
