from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.invariants import CHECKS, violations


class Command(BaseCommand):
    help = "Prove the rules of the portal on this database: one line a violation."

    def handle(self, *args: Any, **options: Any) -> None:
        found = violations()
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError(f"{len(found)} violations of {len(CHECKS)} rules.")
        self.stdout.write(f"All {len(CHECKS)} rules hold.")
