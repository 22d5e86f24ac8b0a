"""Reports on a schedule, which are the partner's alone, and requests for licenses and seats."""

import datetime as dt

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import customers.identity
from customers.postgresql.policies import BY_PARTNER, OF_CUSTOMER, protect, step

OF_PARTNER = f"""CASE
    WHEN partner_id IS DISTINCT FROM (SELECT portal_partner()) THEN false
    ELSE {BY_PARTNER}
END"""
# About all customers, or about one of the partner's.
OF_PARTNER_ABOUT_CUSTOMER = f"""CASE
    WHEN partner_id IS DISTINCT FROM (SELECT portal_partner()) THEN false
    WHEN customer_id IS NULL OR customer_id = (SELECT portal_at()) THEN {BY_PARTNER}
    WHEN customer_id IN (SELECT portal_customers()) THEN {BY_PARTNER}
    ELSE false
END"""
POLICIES = {
    "automation_licenserequest": OF_CUSTOMER,
    "automation_scheduledreport": OF_PARTNER_ABOUT_CUSTOMER,
    "automation_reportreader": OF_PARTNER,
    "automation_reportmail": OF_PARTNER,
}

# Rows of another customer or partner can't be referred to, whatever the code forgets.
REFERENCES = """
ALTER TABLE automation_licenserequest
    ADD CONSTRAINT request_of_user_of_customer
        FOREIGN KEY (user_id, customer_id) REFERENCES accounts_user (id, customer_id);
ALTER TABLE automation_reportreader
    ADD CONSTRAINT reader_of_report_of_partner
        FOREIGN KEY (report_id, partner_id) REFERENCES automation_scheduledreport (id, partner_id);
ALTER TABLE automation_reportmail
    ADD CONSTRAINT mail_of_report_of_partner
        FOREIGN KEY (report_id, partner_id) REFERENCES automation_scheduledreport (id, partner_id);
CREATE TRIGGER request_uuid_stays BEFORE UPDATE OF uuid ON automation_licenserequest
    FOR EACH ROW WHEN (NEW.uuid IS DISTINCT FROM OLD.uuid) EXECUTE FUNCTION refuse_new_uuid();
CREATE TRIGGER report_uuid_stays BEFORE UPDATE OF uuid ON automation_scheduledreport
    FOR EACH ROW WHEN (NEW.uuid IS DISTINCT FROM OLD.uuid) EXECUTE FUNCTION refuse_new_uuid();
"""
NO_REFERENCES = """
DROP TRIGGER report_uuid_stays ON automation_scheduledreport;
DROP TRIGGER request_uuid_stays ON automation_licenserequest;
ALTER TABLE automation_reportmail DROP CONSTRAINT mail_of_report_of_partner;
ALTER TABLE automation_reportreader DROP CONSTRAINT reader_of_report_of_partner;
ALTER TABLE automation_licenserequest DROP CONSTRAINT request_of_user_of_customer;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("automation", "0003_notices"),
        ("customers", "0013_events_of_automation"),
        ("licensing", "0005_reserved_seats"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReportReader",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.partner",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ScheduledReport",
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
                        choices=[("licenses", "Licensed users"), ("activity", "Activity log")],
                        max_length=10,
                    ),
                ),
                (
                    "rhythm",
                    models.CharField(
                        choices=[("monthly", "Every month"), ("weekly", "Every week")],
                        default="monthly",
                        max_length=10,
                    ),
                ),
                ("day", models.PositiveSmallIntegerField(default=1)),
                ("at", models.TimeField(default=dt.time(7, 0))),
                (
                    "to",
                    models.CharField(
                        choices=[("staff", "Staff"), ("contact", "The customer's contact")],
                        default="staff",
                        max_length=10,
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("link", "A link, which asks for sign-in"),
                            ("file", "The file (.csv)"),
                        ],
                        default="link",
                        max_length=10,
                    ),
                ),
                ("key", models.CharField(max_length=64, unique=True)),
                ("next_on", models.DateField()),
                ("paused_at", models.DateTimeField(null=True)),
                ("problem", models.CharField(blank=True, max_length=255)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "uuid",
                    models.UUIDField(
                        db_default=customers.identity.RandomUUID(), editable=False, unique=True
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scheduled_reports",
                        to="customers.customer",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scheduled_reports",
                        to="customers.partner",
                    ),
                ),
                (
                    "readers",
                    models.ManyToManyField(
                        related_name="+",
                        through="automation.ReportReader",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.AddField(
            model_name="reportreader",
            name="report",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="automation.scheduledreport",
            ),
        ),
        migrations.CreateModel(
            name="ReportMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(max_length=64)),
                ("since", models.DateField(null=True)),
                ("until", models.DateField(null=True)),
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
                ("waiting_since", models.DateTimeField(default=django.utils.timezone.now)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=255)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.partner",
                    ),
                ),
                (
                    "reader",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mails",
                        to="automation.scheduledreport",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="LicenseRequest",
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
                        choices=[("license", "License"), ("seats", "Seats")], max_length=10
                    ),
                ),
                (
                    "service",
                    models.CharField(
                        blank=True,
                        help_text="The code of a plan that is off in the license that the user has.",
                        max_length=40,
                    ),
                ),
                (
                    "application",
                    models.CharField(
                        blank=True,
                        help_text="What it was asked for, as it was called then.",
                        max_length=120,
                    ),
                ),
                (
                    "seats",
                    models.PositiveIntegerField(
                        help_text="How many more, of a kind of seats.", null=True
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=255, verbose_name="reason")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                            ("canceled", "Canceled"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=255, verbose_name="answer")),
                ("made_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "uuid",
                    models.UUIDField(
                        db_default=customers.identity.RandomUUID(), editable=False, unique=True
                    ),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "batch",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="license_request",
                        to="customers.batch",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="license_requests",
                        to="customers.customer",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="licensing.product",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="license_requests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["customer", "id"],
                        name="request_open",
                    ),
                    models.Index(fields=["answered_at"], name="request_by_answer"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "license"), ("state", "open")),
                        fields=("user", "product"),
                        name="one_open_license_request",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "seats"), ("state", "open")),
                        fields=("customer", "product"),
                        name="one_open_seats_request",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "seats"), ("seats__gte", 1)),
                            models.Q(("kind", "license"), ("seats", None)),
                            _connector="OR",
                        ),
                        name="seats_are_counted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at", None), ("state", "open")),
                            models.Q(
                                models.Q(("state", "open"), _negated=True),
                                ("answered_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="answered_has_its_date",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="scheduledreport",
            index=models.Index(
                condition=models.Q(("paused_at", None)), fields=["next_on"], name="report_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="scheduledreport",
            constraint=models.UniqueConstraint(fields=("id", "partner"), name="report_of_partner"),
        ),
        migrations.AddConstraint(
            model_name="scheduledreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("to", "staff"), ("customer__isnull", False), _connector="OR"),
                name="contact_is_a_customers",
            ),
        ),
        migrations.AddConstraint(
            model_name="scheduledreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("day__range", (1, 31)), ("rhythm", "monthly")),
                    models.Q(("day__range", (1, 7)), ("rhythm", "weekly")),
                    _connector="OR",
                ),
                name="report_day_is_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportreader",
            constraint=models.UniqueConstraint(
                fields=("report", "user"), name="reader_once_per_report"
            ),
        ),
        migrations.AddIndex(
            model_name="reportmail",
            index=models.Index(
                condition=models.Q(("state__in", ("waiting", "sending"))),
                fields=["waiting_since"],
                name="report_mail_open",
            ),
        ),
        migrations.AddIndex(
            model_name="reportmail",
            index=models.Index(fields=["created_at"], name="report_mail_by_age"),
        ),
        migrations.AddConstraint(
            model_name="reportmail",
            constraint=models.UniqueConstraint(
                fields=("report", "period", "reader"), name="report_once_per_reader"
            ),
        ),
        migrations.AddConstraint(
            model_name="reportmail",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reader", None)),
                fields=("report", "period"),
                name="report_once_to_the_contact",
            ),
        ),
        step(REFERENCES, NO_REFERENCES),
        *(protect(table, condition) for table, condition in POLICIES.items()),
    ]
