"""The activity log is followed by others than its readers. No request sees how far they are."""

from django.db import migrations, models

from customers.postgresql.policies import step

# Where the portal's rights come later, with a first migration, they leave it out by themselves.
HIDDEN = """
REVOKE ALL ON customers_follower FROM portal_web, portal_people;
REVOKE INSERT, UPDATE, DELETE ON customers_follower FROM portal_support;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0008_events_of_applications"),
    ]

    operations = [
        migrations.CreateModel(
            name="Follower",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, unique=True)),
                ("position", models.BigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "follower of the activity log",
                "verbose_name_plural": "followers of the activity log",
            },
        ),
        step(HIDDEN),
    ]
