"""A remembered call is shown to who sees its token."""

from django.db import migrations

from customers.postgresql.policies import protect, through


class Migration(migrations.Migration):
    dependencies = [
        ("api", "0004_calls"),
    ]

    operations = [protect("api_rememberedcall", through("api_token", "token_id"))]
