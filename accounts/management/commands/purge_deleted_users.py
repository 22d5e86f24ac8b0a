import argparse
from typing import Any

from django.core.management.base import BaseCommand

from accounts.services.users import purge_due_users


class Command(BaseCommand):
    help = "Remove for good the deleted users whose time to be restored is over."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say how many, and remove none")

    def handle(self, *args: Any, **options: Any) -> None:
        purged = purge_due_users(dry_run=options["dry_run"])
        if options["dry_run"]:
            self.stdout.write(f"{purged.found} deleted users would be removed for good.")
            return
        self.stdout.write(f"{purged.removed} deleted users were removed for good.")
