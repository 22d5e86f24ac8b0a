import argparse
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from customers.errors import Refused
from customers.models import Customer
from customers.narrowing import NEVER
from customers.roles import Capability

from ...models import TokenKind
from ...services.tokens import TokenFacts, add_token, capabilities_of

RIGHTS = {one.value.replace(" ", "-"): one for one in Capability if one not in NEVER}


class Command(BaseCommand):
    help = "Make a token by which scripts act as a user, and print it: it is shown this once."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("user_name", help="whom it acts as, such as alice@fabrikam.example")
        parser.add_argument("--days", type=int, default=90, help="how long it is valid: up to 365")
        parser.add_argument("--name", default="Command line", help="what it is called in lists")
        parser.add_argument(
            "--permission",
            action="append",
            choices=sorted(RIGHTS),
            help="what it may do, of what the user may; several if needed, all without any",
        )
        parser.add_argument(
            "--customer", action="append", help="a domain of a customer; without any, it is for all"
        )
        parser.add_argument(
            "--network", action="append", default=[], help="where it may be used, as CIDR has it"
        )
        parser.add_argument(
            "--grave",
            action="store_true",
            help="let it do what the portal asks users for a second step before",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.with_roles().filter(username=options["user_name"].lower()).first()
        if user is None:
            raise CommandError(f"There is no user {options['user_name']}.")
        customers: list[Customer] | None = None
        if options["customer"]:
            names = {name.lower() for name in options["customer"]}
            customers = list(Customer.objects.filter(domains__name__in=names).distinct())
            if len(customers) < len(names):
                raise CommandError("One of these domains belongs to no customer.")
        wanted = options["permission"]
        rights = [RIGHTS[name] for name in wanted] if wanted else capabilities_of(user)
        facts = TokenFacts(
            options["name"],
            rights,
            ends_at=timezone.now() + timedelta(days=options["days"]),
            customers=customers,
            networks=options["network"],
            may_do_grave=options["grave"],
        )
        kind = TokenKind.INTEGRATION if user.is_machine else TokenKind.PERSONAL
        try:
            made = add_token(user, facts, actor=None, kind=kind)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(made.text)
