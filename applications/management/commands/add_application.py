import argparse
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from customers.errors import Refused
from customers.models import Partner
from licensing.models import ServicePlan

from ...models import Icon
from ...services.applications import Facts, add_application


class Command(BaseCommand):
    help = (
        "Register an application, and print its client ID and secret as JSON: the secret is shown"
        " this once."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--partner", required=True, help="a domain of the partner")
        parser.add_argument(
            "--redirect-uri",
            action="append",
            default=[],
            help="where users come back to, exactly as the application sends it; several if needed",
        )
        opened = parser.add_mutually_exclusive_group(required=True)
        opened.add_argument(
            "--plan", action="append", help="code of a service plan that opens it; any one does"
        )
        opened.add_argument("--everyone", action="store_true", help="no license is needed")
        parser.add_argument(
            "--customer", action="append", help="a domain of a customer; without any, it is for all"
        )
        parser.add_argument(
            "--start-url", default="", help="where My apps leads; the first redirect address's host"
        )
        parser.add_argument("--post-logout-uri", action="append", default=[])
        parser.add_argument("--logout-uri", default="", help="address of the back-channel logout")
        parser.add_argument("--icon", choices=Icon.values, default=Icon.GRID)
        parser.add_argument("--public", action="store_true", help="without a secret, by PKCE alone")
        parser.add_argument("--without-pkce", action="store_true")
        parser.add_argument(
            "--as",
            dest="actor",
            default="",
            help="user name of the user who does it; without it the activity log names the first of"
            " the support staff",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        domain = options["partner"].strip().lower()
        partner = Partner.objects.filter(domains__name=domain).first()
        if partner is None:
            raise CommandError(f"No partner has the domain {domain}.")
        customers = []
        for domain in options["customer"] or []:
            own = partner.customers.filter(domains__name=domain.strip().lower()).first()
            if own is None:
                raise CommandError(f"No customer of {partner} has the domain {domain}.")
            customers.append(own)
        redirects: list[str] = options["redirect_uri"]
        if not (start := options["start_url"]) and redirects:
            parts = urlsplit(redirects[0])
            start = f"{parts.scheme}://{parts.netloc}/"
        facts = Facts(
            name=options["name"],
            start_url=start,
            icon=options["icon"],
            everyone=options["everyone"],
            plans=_plans(options["plan"] or [], partner),
            all_customers=not options["customer"],
            customers=customers,
            redirect_uris=redirects,
            post_logout_redirect_uris=options["post_logout_uri"],
            logout_uri=options["logout_uri"],
            is_public=options["public"],
            needs_pkce=not options["without_pkce"],
        )
        try:
            added = add_application(facts, actor=_actor(options["actor"]), partner=partner)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        application = added.application
        told = {"application": application.pk, "client_id": application.client_id}
        if added.secret:
            told["client_secret"] = added.secret
        self.stdout.write(json.dumps(told))


def _plans(codes: Sequence[str], partner: Partner) -> list[ServicePlan]:
    """Return the plans of each code: of the partner's own products, or else of all others that
    have one.
    """
    known = ServicePlan.objects.known_to(partner.pk).filter(code__in=codes)
    by_code: dict[str, list[ServicePlan]] = {}
    for plan in known.select_related("product").order_by("pk"):
        by_code.setdefault(plan.code, []).append(plan)
    if unknown := sorted(set(codes) - by_code.keys()):
        raise CommandError(f"No service plan has the code {', '.join(unknown)}.")
    found = []
    for plans in by_code.values():
        own = [plan for plan in plans if plan.product.partner_id]
        found += own or plans
    return found


def _actor(user_name: str) -> User:
    """Return the user with that name; without one, the first of the support staff."""
    users = User.objects.active().filter(blocked_at=None)
    if user_name:
        actor = users.filter(username=user_name.lower()).first()
    else:
        actor = users.filter(is_superuser=True).order_by("pk").first()
    if actor is None:
        raise CommandError("Say by --as who does it: nobody has that user name.")
    return actor
