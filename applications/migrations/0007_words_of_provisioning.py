"""What support staff read above accounts in applications."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("applications", "0006_gate_with_a_plan")]
    operations = [
        migrations.AlterModelOptions("provision", {"verbose_name": "provisioned account"}),
        migrations.AlterModelOptions(
            "provisioning", {"verbose_name": "provisioning", "verbose_name_plural": "provisioning"}
        ),
    ]
