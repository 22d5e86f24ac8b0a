import gc
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.passwords import make_temporary_password
from applications.services.applications import Added
from customers.errors import Refused

from ...cast import CAST
from ...companies import FABRIKAM, SMALLEST, Company, companies
from ...filling import TEAM_CHAT, fill


class Command(BaseCommand):
    help = "Fills an empty database with demo data and prints the sign-ins."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--customers", type=int, help="customers of Fabrikam (24)")
        parser.add_argument("--users", type=int, help="users of all these customers together")
        parser.add_argument(
            "--team-chat", default=TEAM_CHAT, metavar="URL", help="address of Team Chat"
        )
        parser.add_argument(
            "--team-chat-client",
            type=Path,
            metavar="FILE",
            help="write the client ID and secret of Team Chat there, as JSON",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = _companies(options["customers"], options["users"])
        password = os.environ.get("DEMO_PASSWORD") or make_temporary_password(1)
        started = time.monotonic()
        # Thousands of rows are alive at once, none in a cycle: looking for one costs a sixth.
        gc.disable()
        try:
            filled = fill(password, chosen, team_chat=options["team_chat"])
        except Refused as refused:
            raise CommandError(str(refused)) from None
        finally:
            gc.enable()
        seconds = time.monotonic() - started
        if options["team_chat_client"]:
            _hand_over(filled.team_chat, options["team_chat_client"])
        self.stdout.write(
            f"Demo data: {filled.partners} partners, {filled.customers} customers, "
            f"{filled.users} users in {seconds:.1f} s.\n\n"
            f"Sign in with the password {password} as"
        )
        for member in CAST:
            self.stdout.write(f"  {member.user_name:26} {member.title}")


def _hand_over(added: Added, file: Path) -> None:
    """Write what an application signs in with, readable by its owner alone."""
    client = {"client_id": added.application.client_id, "client_secret": added.secret}
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        json.dump(client, opened)


def _companies(customers: int | None, users: int | None) -> Sequence[Company]:
    if customers is None and users is None:
        return FABRIKAM
    count = len(FABRIKAM) if customers is None else customers
    if count < 1:
        raise CommandError("--customers must be 1 or more.")
    if users is None:
        users = max(sum(company.size for company in FABRIKAM), 10 * count)
    if users < SMALLEST * count:
        raise CommandError(f"--users must be {SMALLEST * count} or more for {count} customers.")
    return companies(count, users)
