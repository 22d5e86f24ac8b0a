"""A batch counts apart who was as asked for before: with them alone it is not incomplete."""

from django.db import migrations, models

OUTCOMES = [
    ("waiting", "Waiting"),
    ("done", "Done"),
    ("partly", "Incomplete"),
    ("skipped", "Unchanged"),
    ("already", "No change needed"),
    ("failed", "Failed"),
]


class Migration(migrations.Migration):
    dependencies = [("customers", "0020_branding")]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="already",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name="batchitem",
            name="outcome",
            field=models.CharField(choices=OUTCOMES, default="waiting", max_length=10),
        ),
    ]
