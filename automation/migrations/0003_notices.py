"""Notices, the mails of them, and what each user chose of them."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from customers.postgresql.policies import (
    OF_CUSTOMER,
    limit_writing,
    protect,
    step,
    through,
    through_own,
)

OF_USER = through("accounts_user", "user_id")
OF_OWN_USER = through_own("accounts_user", "user_id")

# A customer's user tells the partner's staff, as who asks for a license does, and reads nothing of
# what these were told.
TOLD = f"{OF_USER} AND (customer_id IS NULL OR ({OF_CUSTOMER}))"

READING = f"""
CREATE POLICY reading ON automation_notice AS RESTRICTIVE FOR SELECT TO portal_web
    USING ({OF_OWN_USER});
"""
NO_READING = "DROP POLICY reading ON automation_notice;"


class Migration(migrations.Migration):
    dependencies = [
        ("automation", "0002_row_security"),
    ]

    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("at once", "Email at once"), ("daily", "Daily email")],
                        max_length=10,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("seats", "Seats short"),
                            ("renewal", "Renewals"),
                            ("deletion", "Deletions about to be final"),
                            ("sheet", "Passwords to hand over"),
                            ("password", "Temporary passwords about to expire"),
                            ("schedule failed", "Schedules that failed"),
                            ("schedule done", "Schedules that were done"),
                            ("rule waits", "License rules that wait for seats"),
                            ("silent", "Sources and applications gone silent"),
                            ("device", "Sign-ins from a new device"),
                            ("token", "API tokens about to expire"),
                            ("request", "Requests to decide"),
                            ("answer", "Answers to your requests"),
                            ("review", "Access reviews"),
                            ("report", "Scheduled reports that stopped"),
                        ],
                        help_text="Of a daily one, none.",
                        max_length=20,
                    ),
                ),
                (
                    "day",
                    models.DateField(help_text="Of a daily one, by the user's clock.", null=True),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("claimed_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=255)),
                ("created_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notice_letters",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("seats", "Seats short"),
                            ("renewal", "Renewals"),
                            ("deletion", "Deletions about to be final"),
                            ("sheet", "Passwords to hand over"),
                            ("password", "Temporary passwords about to expire"),
                            ("schedule failed", "Schedules that failed"),
                            ("schedule done", "Schedules that were done"),
                            ("rule waits", "License rules that wait for seats"),
                            ("silent", "Sources and applications gone silent"),
                            ("device", "Sign-ins from a new device"),
                            ("token", "API tokens about to expire"),
                            ("request", "Requests to decide"),
                            ("answer", "Answers to your requests"),
                            ("review", "Access reviews"),
                            ("report", "Scheduled reports that stopped"),
                        ],
                        max_length=20,
                    ),
                ),
                ("subject_key", models.CharField(max_length=120)),
                (
                    "facts",
                    models.JSONField(
                        default=dict, help_text="What its text needs, without users' names."
                    ),
                ),
                (
                    "url",
                    models.CharField(blank=True, help_text="A path of the portal.", max_length=500),
                ),
                ("told_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("read_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("on_page", models.BooleanField(default=True)),
                ("to_mail", models.BooleanField(default=False)),
                ("to_digest", models.BooleanField(default=False)),
                (
                    "about",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "digest",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="digested",
                        to="automation.letter",
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="notices",
                        to="automation.letter",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="NoticeChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("seats", "Seats short"),
                            ("renewal", "Renewals"),
                            ("deletion", "Deletions about to be final"),
                            ("sheet", "Passwords to hand over"),
                            ("password", "Temporary passwords about to expire"),
                            ("schedule failed", "Schedules that failed"),
                            ("schedule done", "Schedules that were done"),
                            ("rule waits", "License rules that wait for seats"),
                            ("silent", "Sources and applications gone silent"),
                            ("device", "Sign-ins from a new device"),
                            ("token", "API tokens about to expire"),
                            ("request", "Requests to decide"),
                            ("answer", "Answers to your requests"),
                            ("review", "Access reviews"),
                            ("report", "Scheduled reports that stopped"),
                        ],
                        max_length=20,
                    ),
                ),
                ("page", models.BooleanField()),
                ("at_once", models.BooleanField()),
                ("daily", models.BooleanField()),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notice_choices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="NoticeSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quiet_from", models.TimeField(blank=True, null=True, verbose_name="from")),
                ("quiet_to", models.TimeField(blank=True, null=True, verbose_name="to")),
                ("seats_below", models.PositiveIntegerField(default=5, verbose_name="seats")),
                ("renewal_days", models.PositiveSmallIntegerField(default=30, verbose_name="days")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notice_settings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "notice settings",
            },
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                condition=models.Q(("state__in", ("waiting", "sending"))),
                fields=["due_at"],
                name="letter_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.UniqueConstraint(
                condition=models.Q(("channel", "daily")),
                fields=("user", "day"),
                name="one_digest_a_day",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["user", "-id"], name="notice_by_user"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("on_page", True), ("read_at", None)),
                fields=["user"],
                name="notice_new",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("ended_at", None)),
                fields=["kind", "subject_key"],
                name="notice_standing",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("to_mail", True)),
                fields=["user", "kind"],
                name="notice_to_mail",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("to_digest", True)), fields=["user"], name="notice_to_digest"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("about__isnull", False)), fields=["about"], name="notice_about"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["told_at"], name="notice_by_age"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("user", "kind", "subject_key"),
                name="notice_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticechoice",
            constraint=models.UniqueConstraint(
                fields=("user", "kind"), name="choice_once_per_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="noticesettings",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quiet_from", None), ("quiet_to", None)),
                    models.Q(("quiet_from__isnull", False), ("quiet_to__isnull", False)),
                    _connector="OR",
                ),
                name="quiet_from_and_to",
            ),
        ),
        protect("automation_letter", OF_OWN_USER),
        protect("automation_notice", OF_USER),
        limit_writing("automation_notice", TOLD, changing=OF_OWN_USER),
        step(READING, NO_READING),
        # Who tells needs to know how each wants to be told.
        protect("automation_noticechoice", OF_USER),
        limit_writing("automation_noticechoice", OF_OWN_USER),
        protect("automation_noticesettings", OF_OWN_USER),
    ]
