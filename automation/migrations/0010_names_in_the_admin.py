"""Models are called by names that can be translated: the admin shows them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("automation", "0009_month_report"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="keptlicense",
            options={"verbose_name": "kept license", "verbose_name_plural": "kept licenses"},
        ),
        migrations.AlterModelOptions(
            name="letter",
            options={"verbose_name": "letter", "verbose_name_plural": "letters"},
        ),
        migrations.AlterModelOptions(
            name="licenserequest",
            options={
                "ordering": ("-id",),
                "verbose_name": "license request",
                "verbose_name_plural": "license requests",
            },
        ),
        migrations.AlterModelOptions(
            name="licenserule",
            options={
                "ordering": ("position", "id"),
                "verbose_name": "license rule",
                "verbose_name_plural": "license rules",
            },
        ),
        migrations.AlterModelOptions(
            name="notice",
            options={
                "ordering": ("-id",),
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
            },
        ),
        migrations.AlterModelOptions(
            name="reportmail",
            options={
                "ordering": ("-id",),
                "verbose_name": "report email",
                "verbose_name_plural": "report emails",
            },
        ),
        migrations.AlterModelOptions(
            name="review",
            options={
                "ordering": ("-id",),
                "verbose_name": "review",
                "verbose_name_plural": "reviews",
            },
        ),
        migrations.AlterModelOptions(
            name="reviewitem",
            options={"verbose_name": "review item", "verbose_name_plural": "review items"},
        ),
        migrations.AlterModelOptions(
            name="schedule",
            options={
                "ordering": ("due_at", "id"),
                "verbose_name": "schedule",
                "verbose_name_plural": "schedules",
            },
        ),
        migrations.AlterModelOptions(
            name="scheduledreport",
            options={
                "ordering": ("id",),
                "verbose_name": "scheduled report",
                "verbose_name_plural": "scheduled reports",
            },
        ),
        migrations.AlterModelOptions(
            name="scheduleplan",
            options={"verbose_name": "schedule plan", "verbose_name_plural": "schedule plans"},
        ),
    ]
