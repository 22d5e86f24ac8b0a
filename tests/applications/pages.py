"""The pages of applications, on the demo's data."""

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from applications.models import Application, ProvisionState
from customers.models import Customer
from customers.roles import Role
from tests.factories import (
    ApplicationFactory,
    AppSessionFactory,
    PartnerFactory,
    ProductFactory,
    ProvisionFactory,
    ProvisioningFactory,
    StaffFactory,
)
from tests.support.page_of import PageOf, url

PROVISIONING = "application-provisioning"
# Of one of the partner's applications, and of all of them.
APPLICATION = {
    f"applications:application-{name}"
    for name in ("detail", "provisioning", "remove", "secret", "settings", "switch")
} | {f"applications:provisioning-{name}" for name in ("compare", "retry", "switch")}
APPLICATIONS = {"applications:application-add", "applications:application-list"}

# What applications call, or send users to with all that such a page needs: who gets what there is
# asked in tests/applications/oidc/views.
CALLED = {
    "oidc:authorize",
    "oidc:discovery",
    "oidc:introspect",
    "oidc:jwks",
    "oidc:logout",
    "oidc:revoke",
    "oidc:token",
    "oidc:userinfo",
}


def pages_of_applications(customer: Customer, who: str) -> list[PageOf]:
    """Of one that the user is signed in to, beside one that is closed; and of a partner without."""
    user, partner = User.objects.get(username=who), customer.partner
    product = ProductFactory.create(name="Whiteboard", plans=["BOARD"])
    chat = Application.objects.get(partner=partner, name="Team Chat")
    boards = ApplicationFactory.create(
        partner=partner, name="Boards", opened_by=product.plans.all()
    )
    _accounts_in(chat, user)
    AppSessionFactory.create(application=chat, user=user)
    admin = StaffFactory.create(
        partner=PartnerFactory.create(name="Tailspin"),
        roles=[Role.ACCOUNT_ADMIN],
        password="six-blue-hens",
    )
    this, theirs = {"application": chat.pk}, {"customer": customer.pk, "user": user.pk}
    names = [f"application-{name}" for name in ("detail", "settings", "secret", "remove")]
    listed = reverse("applications:application-list")
    return [
        PageOf("applications:my-apps", reverse("applications:my-apps"), who),
        PageOf("applications:application-list", listed),
        PageOf("applications:application-list", listed, admin.user_name, "none"),
        PageOf("applications:application-add", reverse("applications:application-add")),
        *(PageOf(f"applications:{name}", url(f"applications:{name}", this)) for name in names),
        *(
            PageOf(
                f"applications:{PROVISIONING}",
                url(f"applications:{PROVISIONING}", {"application": each.pk}),
                variant=variant,
            )
            for each, variant in ((chat, ""), (boards, "none"))
        ),
        PageOf("applications:user-sign-out", url("applications:user-sign-out", theirs)),
        PageOf("accounts:user-detail", url("accounts:user-detail", theirs), variant="signed-in"),
    ]


def _accounts_in(application: Application, user: User) -> None:
    """What could not be done, of an application that was compared and can't be reached."""
    ProvisioningFactory.create(
        application=application,
        problem="chat.example did not answer within 10 seconds.",
        rests_until=timezone.now(),
        compared_at=timezone.now(),
        comparison={
            "there": 41,
            "make": 3,
            "take_over": 12,
            "take": 1,
            "strangers": 2,
            "names": ["old.admin@contoso.example", "scanner"],
        },
    )
    ProvisionFactory.create(
        application=application,
        user=user,
        state=ProvisionState.FAILED,
        reason="Another account in the application has this name.",
    )
