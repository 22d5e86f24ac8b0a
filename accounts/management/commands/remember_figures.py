from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count, Min

from accounts.models import UserDay
from accounts.services.figures import remember_figures


class Command(BaseCommand):
    help = (
        "Write the figures of reports of all nights that are missing, read from the activity log"
        " as far as it reaches back. The nightly task does the same, some minutes at a time."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = remember_figures(budget=None)
        known = UserDay.objects.aggregate(since=Min("day"), of=Count("customer", distinct=True))
        self.stdout.write(f"Figures were written for {done} customers.")
        if known["since"]:
            text = f"They are known of {known['of']} customers, the earliest from {known['since']}."
            self.stdout.write(text)
