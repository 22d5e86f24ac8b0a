"""The indexes of the log's events: by which question each is read."""

from django.db import models
from django.db.models import Q

INDEXES = [
    models.Index(fields=["customer", "-id"], name="audit_by_customer"),
    models.Index(fields=["partner", "-id"], name="audit_by_partner"),
    # What is done to a partner's own staff, among everything done for its customers.
    models.Index(fields=["partner", "-id"], name="audit_of_team", condition=Q(customer=None)),
    models.Index(fields=["target_type", "target_id", "-id"], name="audit_by_target"),
    models.Index(fields=["customer", "actor_id", "-id"], name="audit_by_actor"),
    models.Index(
        fields=["customer", "-id", "batch_id"],
        name="audit_lines",
        condition=Q(stands_for__isnull=False),
    ),
    # The lines of all customers, and one's own among them, by days.
    models.Index(
        fields=["partner", "-at", "-id"],
        name="audit_lines_of_all",
        condition=Q(stands_for__isnull=False),
    ),
    models.Index(
        fields=["partner", "actor_id", "-at", "-id"],
        name="audit_lines_by_actor",
        condition=Q(stands_for__isnull=False),
    ),
    models.Index(
        fields=["batch_id", "id"],
        name="audit_line_of_batch",
        condition=Q(batch_id__isnull=False, stands_for__isnull=False),
    ),
    models.Index(
        fields=["batch_id", "id"],
        name="audit_by_batch",
        condition=Q(batch_id__isnull=False),
    ),
]
