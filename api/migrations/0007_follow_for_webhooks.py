"""Webhooks are told of what happens from now on: no old log is read for them."""

from django.db import migrations
from django.db.migrations.state import StateApps

NAME = "webhooks"


def begin(apps: StateApps, _editor: object) -> None:
    events = apps.get_model("customers", "AuditEvent")._default_manager.order_by("-pk")
    position = events.values_list("pk", flat=True).first() or 0
    followers = apps.get_model("customers", "Follower")._default_manager
    followers.get_or_create(name=NAME, defaults={"position": position})


class Migration(migrations.Migration):
    dependencies = [
        ("api", "0006_webhooks"),
        ("customers", "0012_batches_by_token"),
    ]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
