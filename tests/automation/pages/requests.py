"""The pages of requests, on the demo's data."""

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from applications.models import Application
from automation.models import RequestState
from customers.models import Customer
from tests.factories import LicenseRequestFactory, ProductFactory, SubscriptionFactory
from tests.support.page_of import PageOf, url

# One acts and leads on.
REQUEST_BUTTONS = {"automation:request-cancel"}
# Of a customer.
REQUESTS = {"automation:request-detail", "automation:request-list"}
# Of one's own.
OWN_REQUESTS = {"automation:request-own", "automation:request-ask"}


def pages_of_requests(customer: Customer, who: str, admin: str) -> list[PageOf]:
    user, gail = User.objects.get(username=who), User.objects.get(username=admin)
    chat = Application.objects.get(partner=customer.partner, name="Team Chat")
    boards = ProductFactory.create(name="Visio Plan", plans=["VISIO"])
    SubscriptionFactory.create(customer=customer, product=boards, quantity=3)
    full = ProductFactory.create(name="Power Plan", plans=["POWER"])
    SubscriptionFactory.create(customer=customer, product=full, quantity=1, holders=[gail])
    missing = ProductFactory.create(name="Studio", plans=["STUDIO"])
    at = {"customer": customer}
    possible = LicenseRequestFactory.create(
        user=user, product=boards, words="I draw the plans of the new office from May on.", **at
    )
    short = LicenseRequestFactory.create(user=user, product=full, **at)
    unsold = LicenseRequestFactory.create(user=user, product=missing, **at)
    seats = LicenseRequestFactory.create(
        user=gail, product=full, seats=12, words="Twelve trainees begin in September.", **at
    )
    over = {"answered_by": gail, "answered_at": timezone.now(), **at}
    declined = LicenseRequestFactory.create(
        user=user,
        product=ProductFactory.create(name="Copilot"),
        state=RequestState.DECLINED,
        answer="Not this year. Ask again with the next budget.",
        **over,
    )
    LicenseRequestFactory.create(
        user=user,
        product=ProductFactory.create(name="Whiteboard Pro"),
        application="Boards",
        state=RequestState.APPROVED,
        **over,
    )
    one = {"customer": customer.pk}
    detail = "automation:request-detail"
    asked = {
        name: {**one, "license_request": request.pk}
        for name, request in (
            ("", possible),
            ("short", short),
            ("unsold", unsold),
            ("seats", seats),
            ("declined", declined),
        )
    }
    ask = reverse("automation:request-ask")
    nobodys = customer.partner.customers.exclude(pk=customer.pk).order_by("pk")[0]
    empty = {"customer": nobodys.pk}
    return [
        PageOf("automation:request-own", reverse("automation:request-own"), who),
        PageOf("automation:request-own", reverse("automation:request-own"), admin, "admin"),
        PageOf("automation:request-ask", ask, admin),
        PageOf("automation:request-ask", f"{ask}?application={chat.pk}", admin, "application"),
        PageOf("automation:request-all", reverse("automation:request-all")),
        PageOf("automation:request-list", url("automation:request-list", one)),
        PageOf("automation:request-list", url("automation:request-list", one), admin, "admin"),
        PageOf("automation:request-list", url("automation:request-list", empty), variant="none"),
        PageOf(
            "automation:request-list",
            url("automation:request-list", one, state="answered"),
            variant="answered",
        ),
        *(PageOf(detail, url(detail, args), variant=name) for name, args in asked.items()),
        PageOf(detail, url(detail, asked["short"]), admin, "short-admin"),
        PageOf("automation:seats-ask", url("automation:seats-ask", one), admin),
        PageOf("accounts:me", reverse("accounts:me"), admin, "requests"),
    ]
