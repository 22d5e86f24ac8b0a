from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services.second_steps import reseal_second_steps
from customers.errors import Refused


class Command(BaseCommand):
    help = "Seal what two-step sign-in keeps with the newest of CREDENTIALS_KEYS"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = reseal_second_steps()
        except Refused:
            raise CommandError(
                "A second step was sealed with a key that CREDENTIALS_KEYS has not got. Put that"
                " key back, behind the new one, and run this again."
            ) from None
        self.stdout.write(f"{count} second steps are sealed with the newest key.")
