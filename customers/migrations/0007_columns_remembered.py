"""The log says when the meaning of columns is remembered."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0006_columns_forgotten"),
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
                    ("sheet.mailed", "Passwords mailed"),
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
                ],
                max_length=40,
            ),
        ),
    ]
