"""Seats that are reserved for a day to come."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("licensing", "0004_own_products"),
    ]

    operations = []
