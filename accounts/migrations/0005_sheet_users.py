"""Password sheets and their mails speak of users.

The columns keep their names, so that code from before goes on while it is here; the rule of the
mails is the same one, and told anew without touching the database.
"""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_uuids_and_moments"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint(model_name="delivery", name="mail_once_per_list"),
                migrations.AlterField(
                    model_name="credentialsheet",
                    name="people",
                    field=models.PositiveIntegerField(db_column="people", default=0),
                ),
                migrations.RenameField(
                    model_name="credentialsheet", old_name="people", new_name="users"
                ),
                migrations.AlterField(
                    model_name="credentialsheetpart",
                    name="people",
                    field=models.PositiveIntegerField(db_column="people"),
                ),
                migrations.RenameField(
                    model_name="credentialsheetpart", old_name="people", new_name="users"
                ),
                migrations.AlterField(
                    model_name="delivery",
                    name="people",
                    field=models.PositiveIntegerField(db_column="people", default=1),
                ),
                migrations.RenameField(model_name="delivery", old_name="people", new_name="users"),
                migrations.AddConstraint(
                    model_name="delivery",
                    constraint=models.UniqueConstraint(
                        condition=Q(user=None),
                        fields=("sheet", "to", "by", "users"),
                        name="mail_once_per_list",
                    ),
                ),
                migrations.AlterField(
                    model_name="delivery",
                    name="to",
                    field=models.CharField(
                        choices=[
                            ("self", "Me"),
                            ("contact", "The customer's contact"),
                            ("person", "Each user's alternate email"),
                        ],
                        max_length=10,
                    ),
                ),
            ],
        ),
    ]
