"""Access reviews, with what was asked of whom: their customer's, with all that hangs on them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import customers.identity
from customers.postgresql.policies import OF_CUSTOMER, protect, step

TABLES = ("automation_review", "automation_reviewitem", "automation_reviewreviewer")

# Rows of another customer can't be referred to, whatever the code forgets.
REFERENCES = """
ALTER TABLE automation_review
    ADD CONSTRAINT reviewed_subscription_of_customer
        FOREIGN KEY (subscription_id, customer_id)
        REFERENCES licensing_subscription (id, customer_id);
ALTER TABLE automation_reviewitem
    ADD CONSTRAINT reviewed_user_of_customer
        FOREIGN KEY (user_id, customer_id) REFERENCES accounts_user (id, customer_id),
    ADD CONSTRAINT item_of_review_of_customer
        FOREIGN KEY (review_id, customer_id) REFERENCES automation_review (id, customer_id);
ALTER TABLE automation_reviewreviewer
    ADD CONSTRAINT reviewer_of_item_of_customer
        FOREIGN KEY (item_id, customer_id) REFERENCES automation_reviewitem (id, customer_id);
"""
NO_REFERENCES = """
ALTER TABLE automation_reviewreviewer DROP CONSTRAINT reviewer_of_item_of_customer;
ALTER TABLE automation_reviewitem
    DROP CONSTRAINT reviewed_user_of_customer, DROP CONSTRAINT item_of_review_of_customer;
ALTER TABLE automation_review DROP CONSTRAINT reviewed_subscription_of_customer;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("automation", "0004_reports_and_requests"),
        ("licensing", "0005_reserved_seats"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "subject",
                    models.CharField(
                        choices=[
                            ("sign-in", "Sign-in"),
                            ("roles", "Administrator roles"),
                            ("license", "A license"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "removal",
                    models.CharField(
                        choices=[
                            ("block", "Block sign-in"),
                            ("delete", "Delete the account"),
                            ("roles", "Remove the administrator roles"),
                            ("license", "Remove the license"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "otherwise",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("block", "Block sign-in"),
                            ("delete", "Delete the account"),
                            ("roles", "Remove the administrator roles"),
                            ("license", "Remove the license"),
                        ],
                        max_length=10,
                    ),
                ),
                ("key", models.CharField(max_length=64, unique=True)),
                ("on", models.DateField(verbose_name="last day")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("ended", "Ended"), ("canceled", "Canceled")],
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "refusal",
                    models.TextField(
                        blank=True, help_text="Why nothing could be done, in a sentence."
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "reminded_for",
                    models.DateField(help_text="The last day of which was reminded.", null=True),
                ),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="customers.customer",
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        help_text="Of a license.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="licensing.subscription",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="ReviewItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        blank=True, choices=[("keep", "Keep"), ("remove", "Remove")], max_length=10
                    ),
                ),
                ("word", models.CharField(blank=True, max_length=255)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "removal",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("block", "Block sign-in"),
                            ("delete", "Delete the account"),
                            ("roles", "Remove the administrator roles"),
                            ("license", "Remove the license"),
                        ],
                        max_length=10,
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
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="customers.batch",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="automation.review",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReviewReviewer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reviewers",
                        to="automation.reviewitem",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(fields=["customer", "-id"], name="review_by_customer"),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["on"], name="review_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                fields=("id", "customer"), name="review_of_customer"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("subject", "license"), ("subscription__isnull", False)),
                    models.Q(
                        models.Q(("subject", "license"), _negated=True), ("subscription", None)
                    ),
                    _connector="OR",
                ),
                name="review_of_license_has_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewitem",
            constraint=models.UniqueConstraint(
                fields=("review", "user"), name="user_once_per_review"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewitem",
            constraint=models.UniqueConstraint(
                fields=("id", "customer"), name="review_item_of_customer"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewreviewer",
            constraint=models.UniqueConstraint(
                fields=("item", "reviewer"), name="reviewer_once_per_item"
            ),
        ),
        step(REFERENCES, NO_REFERENCES),
        *(protect(table, OF_CUSTOMER) for table in TABLES),
    ]
