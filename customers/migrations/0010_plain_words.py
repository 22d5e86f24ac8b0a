"""Choices and messages are said in plainer words: nothing changes in the database."""

import django.core.validators
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0009_followers"),
    ]

    operations = [
        migrations.AlterField(
            model_name="auditevent",
            name="action",
            field=models.CharField(
                choices=[
                    ("partner.added", "Partner added"),
                    ("partner.changed", "Partner changed"),
                    ("customer.added", "Customer added"),
                    ("customer.changed", "Customer changed"),
                    ("domain.added", "Domain added"),
                    ("domain.removed", "Domain removed"),
                    ("domain.primary", "Primary domain changed"),
                    ("user.added", "User added"),
                    ("user.changed", "User changed"),
                    ("user.blocked", "Sign-in blocked"),
                    ("user.allowed", "Sign-in allowed"),
                    ("user.deleted", "User deleted"),
                    ("user.restored", "User restored"),
                    ("user.removed", "User deleted permanently"),
                    ("user.exported", "Personal data exported"),
                    ("user.signed_in", "Signed in"),
                    ("password.reset", "Password reset"),
                    ("password.shown", "Temporary password shown"),
                    ("password.changed", "Password changed"),
                    ("license.assigned", "License assigned"),
                    ("license.revoked", "License revoked"),
                    ("license.services", "Services changed"),
                    ("subscription.added", "Subscription added"),
                    ("subscription.seats", "Seats changed"),
                    ("subscription.suspended", "Subscription suspended"),
                    ("subscription.resumed", "Subscription resumed"),
                    ("subscription.canceled", "Subscription canceled"),
                    ("product.added", "Product added"),
                    ("product.changed", "Product changed"),
                    ("sheet.shown", "Passwords shown"),
                    ("sheet.printed", "Passwords printed"),
                    ("sheet.mailed", "Passwords emailed"),
                    ("sheet.downloaded", "Passwords downloaded"),
                    ("sheet.destroyed", "Passwords destroyed"),
                    ("staff.added", "Staff added"),
                    ("staff.changed", "Staff changed"),
                    ("step.added", "Second step added"),
                    ("step.removed", "Second step removed"),
                    ("step.reset", "Two-step sign-in reset"),
                    ("step.refused", "Second step refused"),
                    ("step.warned", "Owner told of wrong codes"),
                    ("step.allowed", "Codes allowed again"),
                    ("codes.made", "Recovery codes made"),
                    ("codes.shown", "Recovery codes shown"),
                    ("codes.used", "Recovery code used"),
                    ("session.ended", "Session ended"),
                    ("staff.removed", "Staff removed"),
                    ("columns.remembered", "Columns remembered"),
                    ("columns.forgotten", "Remembered columns forgotten"),
                    ("list.exported", "List exported"),
                    ("application.added", "Application added"),
                    ("application.changed", "Application changed"),
                    ("application.switched", "Application switched on or off"),
                    ("application.removed", "Application removed"),
                    ("application.secret_renewed", "Client secret renewed"),
                    ("application.signed_in", "Signed in to an application"),
                    ("application.refused", "Sign-in to an application refused"),
                    ("application.signed_out", "Signed out of applications"),
                    ("logout.failed", "Application not told of a sign-out"),
                    ("user.provisioned", "Account kept in an application"),
                    ("user.deprovisioned", "Account taken from an application"),
                    ("user.provisioning_failed", "Account in an application not kept"),
                ],
                max_length=40,
            ),
        ),
        migrations.AlterField(
            model_name="batchitem",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("done", "Done"),
                    ("partly", "Incomplete"),
                    ("skipped", "Unchanged"),
                    ("failed", "Failed"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="domain",
            name="name",
            field=models.CharField(
                max_length=48,
                unique=True,
                validators=[
                    django.core.validators.RegexValidator(
                        "^(?=.{4,48}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+([a-z]{2,}|xn--[a-z0-9-]+)\\Z",
                        "Enter a domain such as contoso.com: letters, digits and hyphens, up to 48 characters.",
                    )
                ],
                verbose_name="domain",
            ),
        ),
        migrations.AlterConstraint(
            model_name="customer",
            name="customer_name_once_per_partner",
            constraint=models.UniqueConstraint(
                models.F("partner"),
                django.db.models.functions.text.Lower("name"),
                name="customer_name_once_per_partner",
                violation_error_message="You already have a customer with this name.",
            ),
        ),
    ]
