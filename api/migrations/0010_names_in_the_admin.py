"""Models are called by names that can be translated: the admin shows them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("api", "0009_source_security"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="scimlink",
            options={"verbose_name": "scim link", "verbose_name_plural": "scim links"},
        ),
        migrations.AlterModelOptions(
            name="source",
            options={"verbose_name": "source", "verbose_name_plural": "sources"},
        ),
        migrations.AlterModelOptions(
            name="sourcerefusal",
            options={"verbose_name": "source refusal", "verbose_name_plural": "source refusals"},
        ),
        migrations.AlterModelOptions(
            name="token",
            options={"verbose_name": "token", "verbose_name_plural": "tokens"},
        ),
        migrations.AlterModelOptions(
            name="webhook",
            options={
                "ordering": ("name", "id"),
                "verbose_name": "webhook",
                "verbose_name_plural": "webhooks",
            },
        ),
    ]
