"""The applications of the demo's Fabrikam: Team Chat, which `make run` starts, and two others."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import User
from accounts.services.licenses import LicenseChange, change_licenses
from applications.gate import who_may_enter
from applications.models import Application, Icon
from applications.services.applications import Added, Facts, add_application
from applications.services.provisioning.setting_up import Connection, set_up
from applications.services.sessions import start_session
from customers.models import Customer
from licensing.models import Product, ServicePlan, anniversary
from licensing.services.own_products import OwnFacts, add_own_product
from licensing.services.subscriptions import add_subscription

from .cast import UMA

# Of Contoso's seats of Team Chat those that are free, and the users besides Uma who have one.
FREE, LICENSED = 12, 7
SIGNED_IN = 3
FILES, DASHBOARDS = "https://files.fabrikam.example", "https://dashboards.fabrikam.example"


def write_applications(customers: Sequence[Customer], *, actor: User, team_chat: str) -> Added:
    """Write the applications, in the same way as those of the portal; return Team Chat.

    It is at the address `team_chat`; the first of the customers has seats of it.
    """
    contoso = customers[0]
    # What Fabrikam hosts is its own, and no other partner's to sell.
    product = add_own_product(OwnFacts("Team Chat", {"CHAT": "Chat"}), actor=actor)
    _license(contoso, product, actor)
    added = add_application(team_chat_at(team_chat, product.plans.all()), actor=actor)
    files = _add_files(actor)
    dashboards = Facts(
        name="Dashboards",
        icon=Icon.CHART,
        start_url=f"{DASHBOARDS}/",
        everyone=True,
        all_customers=False,
        customers=customers[:2],
        redirect_uris=[f"{DASHBOARDS}/login/generic_oauth"],
    )
    for application in (files, add_application(dashboards, actor=actor).application):
        users = who_may_enter(application).filter(customer=contoso).order_by("sort_name", "pk")
        for user in users[:SIGNED_IN]:
            start_session(
                application,
                actor=user,
                session_key=get_random_string(32),
                auth_time=timezone.now() - timedelta(minutes=5),
                amr=["pwd"],
            )
    return added


def team_chat_at(url: str, plans: Iterable[ServicePlan]) -> Facts:
    """Return how Team Chat is registered, which is at this address, and opened by these plans."""
    return Facts(
        name="Team Chat",
        icon=Icon.CHAT,
        # A user who comes from the portal is signed in without another click.
        start_url=f"{url}/login",
        plans=list(plans),
        redirect_uris=[f"{url}/callback"],
        post_logout_redirect_uris=[f"{url}/bye"],
        logout_uri=f"{url}/backchannel-logout",
    )


def move_team_chat(client_id: str, secret: str, url: str) -> bool:
    """Have Team Chat be at this address; return whether it is there, and this its secret."""
    rows = Application.objects.select_related("client")
    application = rows.filter(client=client_id).first()
    client = application.client if application else None
    if application is None or client is None or not client.check_secret(secret):
        return False
    parts = urlsplit(application.start_url)
    before, after = f"{parts.scheme}://{parts.netloc}/", f"{url}/"
    if before == after:
        return True

    def moved(address: str) -> str:
        return after + address.removeprefix(before) if address.startswith(before) else address

    application.start_url = moved(application.start_url)
    application.logout_uri = moved(application.logout_uri)
    application.save(update_fields=["start_url", "logout_uri"])
    client.set_redirect_uris([moved(one) for one in client.get_redirect_uris()])
    leaving = client.get_post_logout_redirect_uris()
    client.set_post_logout_redirect_uris([moved(one) for one in leaving])
    client.save()
    return True


def _license(contoso: Customer, product: Product, actor: User) -> None:
    """Buy seats of Team Chat, and give some of them to users who are here every day."""
    today = timezone.localdate()
    seats = add_subscription(
        contoso,
        product,
        quantity=LICENSED + 1 + FREE,
        renews_on=anniversary(today, today.year + 1),
        actor=actor,
    )
    working = contoso.users.active().filter(blocked_at=None).exclude(usage_location="")
    uma = working.get(user_name=UMA.user_name)
    others = working.filter(groups=None).exclude(pk=uma.pk).order_by("sort_name", "pk")
    users = [uma, *others[:LICENSED]]
    change_licenses(users, {seats.pk: LicenseChange(have=True)}, customer=contoso, actor=actor)


def _add_files(actor: User) -> Application:
    """Add a file share, which can take accounts by SCIM: nothing was started yet."""
    facts = Facts(
        name="Team Files",
        icon=Icon.FILES,
        start_url=f"{FILES}/",
        plans=list(ServicePlan.objects.filter(code="FILES")),
        redirect_uris=[f"{FILES}/apps/user_oidc/code"],
        post_logout_redirect_uris=[f"{FILES}/"],
    )
    application = add_application(facts, actor=actor).application
    set_up(application, Connection(f"{FILES}/scim/v2", get_random_string(48)), actor=actor)
    return application
