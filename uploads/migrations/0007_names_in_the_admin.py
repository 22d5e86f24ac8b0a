"""Models are called by names that can be translated: the admin shows them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("uploads", "0006_words_of_outcomes"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="columnmapping",
            options={"verbose_name": "column mapping", "verbose_name_plural": "column mappings"},
        ),
        migrations.AlterModelOptions(
            name="upload",
            options={"verbose_name": "upload", "verbose_name_plural": "uploads"},
        ),
        migrations.AlterModelOptions(
            name="uploadrow",
            options={"verbose_name": "upload row", "verbose_name_plural": "upload rows"},
        ),
    ]
