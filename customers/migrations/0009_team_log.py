from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0008_find_told_reasons"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(
                condition=models.Q(("customer", None)),
                fields=["partner", "-id"],
                name="audit_of_team",
            ),
        ),
    ]
