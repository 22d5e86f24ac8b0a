import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=64, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Being read"),
                            ("asking", "Needs an answer"),
                            ("checked", "To be confirmed"),
                            ("confirmed", "Being added"),
                            ("done", "Done"),
                            ("refused", "Refused"),
                            ("canceled", "Canceled"),
                            ("expired", "Expired"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("file", models.FileField(blank=True, upload_to="uploads/")),
                ("file_name", models.CharField(blank=True, max_length=255)),
                (
                    "reading",
                    models.JSONField(
                        default=dict,
                        help_text="Answers, headings, columns, and what is to be told of the file.",
                    ),
                ),
                (
                    "options",
                    models.JSONField(default=dict, help_text="What was chosen for all rows."),
                ),
                (
                    "counts",
                    models.JSONField(
                        default=dict, help_text="Rows by outcome, seats by subscription."
                    ),
                ),
                ("refusal", models.TextField(blank=True)),
                ("cancel_asked", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "waiting_since",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "batch",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="upload",
                        to="customers.batch",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="uploads",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uploads",
                        to="customers.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UploadRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(help_text="As the spreadsheet counts.")),
                (
                    "cells",
                    models.JSONField(help_text="All of them, in the order of the file, as typed."),
                ),
                (
                    "name_key",
                    models.CharField(
                        blank=True, help_text="The user name as it is compared.", max_length=113
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("add", "To be added"),
                            ("change", "To be changed"),
                            ("restore", "To be restored"),
                            ("leave", "Left alone"),
                            ("drop", "Dropped"),
                            ("wrong", "Wrong"),
                        ],
                        default="add",
                        max_length=7,
                    ),
                ),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None"),
                            ("drop", "Drop"),
                            ("restore", "Restore instead"),
                            ("new", "Add as a new person"),
                        ],
                        max_length=7,
                    ),
                ),
                (
                    "problems",
                    models.JSONField(default=list, help_text="Column, sentence, suggestion."),
                ),
                (
                    "notices",
                    models.JSONField(default=list, help_text="As problems, but nothing is wrong."),
                ),
                (
                    "seats",
                    models.JSONField(default=dict, help_text="Seats wanted, by subscription."),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="uploads.upload",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ColumnMapping",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("header", models.CharField(max_length=200)),
                ("column", models.CharField(blank=True, max_length=40)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="column_mappings",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer", "header"), name="header_once_per_customer"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(fields=["customer", "-id"], name="upload_by_customer"),
        ),
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(
                condition=models.Q(("state__in", ("waiting", "asking", "checked"))),
                fields=["created_at"],
                name="upload_open",
            ),
        ),
        migrations.AddIndex(
            model_name="uploadrow",
            index=models.Index(fields=["upload", "outcome", "number"], name="row_by_outcome"),
        ),
        migrations.AddIndex(
            model_name="uploadrow",
            index=models.Index(fields=["upload", "name_key", "number"], name="row_by_name"),
        ),
        migrations.AddIndex(
            model_name="uploadrow",
            index=models.Index(
                models.F("user"), condition=models.Q(("user__isnull", False)), name="row_by_user"
            ),
        ),
        migrations.AddConstraint(
            model_name="uploadrow",
            constraint=models.UniqueConstraint(
                fields=("upload", "number"), name="row_once_per_upload"
            ),
        ),
    ]
