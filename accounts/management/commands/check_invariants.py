import argparse
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.invariants import CHECKS, violations


class Command(BaseCommand):
    help = "Prove the rules of the portal on this database: one line a violation."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="one JSON object in place of the lines"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = violations()
        if options["json"]:
            self.stdout.write(json.dumps({"rules": len(CHECKS), "violations": found}))
        else:
            for line in found:
                self.stdout.write(line)
        if found:
            raise CommandError(f"{len(found)} violations of {len(CHECKS)} rules.")
        if not options["json"]:
            self.stdout.write(f"All {len(CHECKS)} rules hold.")
