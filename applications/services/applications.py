"""Applications of a partner: added, changed, switched on and off, removed; and their secrets.

A secret is shown once, to whoever has it made, and kept as a hash alone.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from allauth.idp.oidc.models import Client
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string

from accounts.models import User
from accounts.passwords import GeneratedPasswordHasher
from customers.actions import Action
from customers.errors import Refused
from customers.models import Customer, Partner
from customers.roles import Capability
from customers.said import gettext as _
from customers.said import gettext_lazy
from customers.services import audit
from customers.services.permission import check_actor
from customers.services.transactions import transactional
from licensing.models import ServicePlan
from licensing.services.own_products import hold_plans

from ..addresses import check_address, check_redirect_address
from ..egress import addresses as egress
from ..models import (
    Application,
    ApplicationCustomer,
    ApplicationPlan,
    Claim,
    Icon,
    Provisioning,
)
from .logouts import part_from

# Letters and digits alone: not every client writes others in percents, as RFC 6749 wants it.
ID_LENGTH, SECRET_LENGTH = 24, 48
# Of the two ways of storing a password the fast one: a secret has 285 random bits.
HASHER = GeneratedPasswordHasher.algorithm
SCOPES = ["openid", "profile", "email", "groups", "offline_access"]
GRANTS = [Client.GrantType.AUTHORIZATION_CODE, Client.GrantType.REFRESH_TOKEN]

NAME_TAKEN = gettext_lazy("There is an application of this name already. Choose another name.")
NO_CUSTOMER = gettext_lazy("Choose at least one customer.")


@dataclass(frozen=True, slots=True)
class Facts:
    """What an application is: all of it, also where only a part is changed.

    Without redirect addresses nobody signs in to it.
    """

    name: str
    start_url: str
    icon: str = Icon.GRID
    everyone: bool = False
    plans: Collection[ServicePlan] = ()
    all_customers: bool = True
    customers: Collection[Customer] = ()
    redirect_uris: Sequence[str] = ()
    post_logout_redirect_uris: Sequence[str] = ()
    logout_uri: str = ""
    is_public: bool = False
    needs_pkce: bool = True
    extra_claims: Collection[str] = ()

    @property
    def opened_by(self) -> list[int]:
        """Return the plans that open it, by id, each once; none where everyone may enter."""
        return [] if self.everyone else list({plan.pk: plan for plan in self.plans})

    @property
    def chosen(self) -> list[int]:
        """Return the customers that it is for, by id, each once; none where it is for all."""
        return [] if self.all_customers else list({one.pk: one for one in self.customers})

    @property
    def must_use_pkce(self) -> bool:
        return self.is_public or self.needs_pkce


@dataclass(frozen=True, slots=True)
class Added:
    """A new application; the secret is "" where it has none."""

    application: Application
    secret: str = field(repr=False)


@transactional
def add_application(facts: Facts, *, actor: User, partner: Partner | None = None) -> Added:
    """Add an application of the actor's partner; support staff, who have none, say whose it is."""
    by = check_actor(actor, Capability.MANAGE_APPLICATIONS)
    partner = partner or by.partner
    if partner is None:
        raise Refused(_("Only partner staff can add an application."), code="staff-only")
    _check_partner(partner.pk, by)
    application = Application(partner=partner)
    secret = _write(application, facts, is_new=True)
    entry = audit.Entry(Action.APPLICATION_ADDED, application, _known(application))
    audit.record([entry], actor=actor, partner=partner)
    return Added(application, secret)


@transactional
def change_application(
    application: Application, facts: Facts, *, actor: User, seen: str = ""
) -> tuple[dict[str, list[Any]], str]:
    """Change an application; return what changed, by name, and the secret if it has one anew.

    `seen` is the version that was changed here (`version_of`): Refused where that is no longer it.
    """
    fresh = take_application(application, actor=actor)
    if seen and seen != version_of(fresh):
        raise Refused(
            _("Someone else changed this application while you were editing. Check it again."),
            code="application-changed",
        )
    before = _known(fresh)
    secret = _write(fresh, facts)
    after = _known(fresh)
    # Before the first redirect address there was no client to know anything of.
    changes = {
        name: [before.get(name), value]
        for name, value in after.items()
        if before.get(name) != value
    }
    if changes:
        entry = audit.Entry(Action.APPLICATION_CHANGED, fresh, changes)
        audit.record([entry], actor=actor, partner=fresh.partner)
    return changes, secret


@transactional
def renew_secret(application: Application, *, actor: User) -> str:
    """Return a new secret; the old one stops working at once."""
    fresh = take_application(application, actor=actor)
    client = fresh.client
    if client is None or client.type == Client.Type.PUBLIC:
        raise Refused(
            _("This application has no secret: it proves itself by PKCE."),
            code="application-without-secret",
        )
    secret = _set_secret(client)
    client.save(update_fields=["secret"])
    entry = audit.Entry(Action.SECRET_RENEWED, fresh)
    audit.record([entry], actor=actor, partner=fresh.partner)
    return secret


@transactional
def switch_application(application: Application, *, on: bool, actor: User) -> bool:
    """Switch an application on or off; return whether it was otherwise. Off, nobody may enter."""
    fresh = take_application(application, actor=actor)
    if fresh.is_on == on:
        return False
    fresh.is_on = on
    fresh.save(update_fields=["is_on"])
    entry = audit.Entry(Action.APPLICATION_SWITCHED, fresh, {"is_on": [not on, on]})
    audit.record([entry], actor=actor, partner=fresh.partner)
    return True


@transactional
def remove_application(application: Application, *, actor: User) -> None:
    """Remove an application with its client, sessions and tokens. Final.

    It is told of the end of each session; accounts that were made there stay as they are.
    """
    fresh = take_application(application, actor=actor, removing=True)
    # As all do who write of accounts there: this row first, and then theirs.
    list(Provisioning.objects.select_for_update().filter(application=fresh))
    part_from(fresh)
    entry = audit.Entry(Action.APPLICATION_REMOVED, fresh, {"name": fresh.name})
    audit.record([entry], actor=actor, partner=fresh.partner)
    if fresh.client is not None:
        # Its tokens go with it. First, while the application shows it.
        fresh.client.delete()
    fresh.delete()


def version_of(application: Application) -> str:
    """Return what changes with every change of the application."""
    return application.updated_at.isoformat()


def has_facts(application: Application, facts: Facts) -> bool:
    """Return whether these, but for the name, are its facts: those that a second click sends."""
    client = application.client
    if client is None or facts.is_public != (client.type == Client.Type.PUBLIC):
        return False
    own = application
    pairs: list[tuple[Any, Any]] = [
        (own.icon, facts.icon),
        (own.start_url, facts.start_url),
        (own.everyone, facts.everyone),
        (own.all_customers, facts.all_customers),
        (own.logout_uri, facts.logout_uri),
        (own.needs_pkce, facts.must_use_pkce),
        (own.extra_claims, sorted(facts.extra_claims)),
        (client.get_redirect_uris(), list(facts.redirect_uris)),
        (client.get_post_logout_redirect_uris(), list(facts.post_logout_redirect_uris)),
        (set(own.plans.values_list("pk", flat=True)), set(facts.opened_by)),
        (set(own.customers.values_list("pk", flat=True)), set(facts.chosen)),
    ]
    return all(now == asked for now, asked in pairs)


def take_application(
    application: Application, *, actor: User, removing: bool = False
) -> Application:
    """Lock the application. Refused when the actor may not, or it is gone or another partner's.

    Who removes it also waits for all who hold it (`lookup.hold_application`), and they for that.
    """
    rows = Application.objects.select_for_update(no_key=not removing, of=("self",))
    fresh = rows.select_related("partner", "client").filter(pk=application.pk).first()
    by = check_actor(actor, Capability.MANAGE_APPLICATIONS)
    if fresh is None:
        raise application_gone()
    _check_partner(fresh.partner_id, by)
    return fresh


def application_gone() -> Refused:
    return Refused(_("This application has since been removed."), code="application-gone")


def _check_partner(partner_id: int, by: User) -> None:
    if not by.is_staff and by.partner_id != partner_id:
        raise Refused(
            _("You can look after applications of your own partner only. Nothing was changed."),
            code="application-of-others",
        )


def _write(application: Application, facts: Facts, *, is_new: bool = False) -> str:
    """Write the facts; return the secret where there is a new one. Refused for what can't be."""
    _check(application, facts)
    application.name = facts.name.strip()
    application.icon, application.start_url = Icon(facts.icon), facts.start_url
    application.everyone, application.all_customers = facts.everyone, facts.all_customers
    application.logout_uri = facts.logout_uri
    application.extra_claims = sorted(facts.extra_claims)
    application.needs_pkce = facts.must_use_pkce
    has_client = application.client_id is not None
    if facts.redirect_uris and not has_client:
        application.client_id = get_random_string(ID_LENGTH)
    try:
        with transaction.atomic():
            application.save()
    except IntegrityError:
        raise Refused(
            NAME_TAKEN,
            code="application-name-taken",
            field="name",
        ) from None
    application.opening_plans.exclude(plan__in=facts.opened_by).delete()
    application.chosen_customers.exclude(customer__in=facts.chosen).delete()
    ApplicationPlan.objects.bulk_create(
        [ApplicationPlan(application=application, plan_id=pk) for pk in facts.opened_by],
        ignore_conflicts=True,
    )
    ApplicationCustomer.objects.bulk_create(
        [ApplicationCustomer(application=application, customer_id=pk) for pk in facts.chosen],
        ignore_conflicts=True,
    )
    return _write_client(application, facts, is_new=not has_client) if application.client_id else ""


def _write_client(application: Application, facts: Facts, *, is_new: bool) -> str:
    if is_new:
        # With a secret, in place of the default, which takes a slow hash to make.
        client = Client(id=application.client_id, secret=make_password(None), skip_consent=True)
        client.set_grant_types(GRANTS)
        client.set_scopes(SCOPES)
    else:
        client = Client.objects.get(pk=application.client_id)
    kind = Client.Type.PUBLIC if facts.is_public else Client.Type.CONFIDENTIAL
    secret = ""
    if facts.is_public:
        client.secret = make_password(None)
    elif is_new or client.type != kind:
        secret = _set_secret(client)
    client.name, client.type = application.name, kind
    client.set_redirect_uris(list(facts.redirect_uris))
    client.set_post_logout_redirect_uris(list(facts.post_logout_redirect_uris))
    client.save(force_insert=is_new)
    application.client = client
    return secret


def _set_secret(client: Client) -> str:
    secret = get_random_string(SECRET_LENGTH)
    client.secret = make_password(secret, hasher=HASHER)
    return secret


def _check(application: Application, facts: Facts) -> None:
    """Raise Refused, at its field, for what no application can be."""
    if not facts.everyone and not facts.plans:
        raise Refused(
            _("Choose a service plan that opens it, or let everyone enter."),
            code="application-opened-by-nothing",
            field="plans",
        )
    if not facts.all_customers and not facts.customers:
        raise Refused(NO_CUSTOMER, code="choice-wrong", field="customers")
    _check_owner(application, facts)
    if not facts.name.strip() or facts.icon not in Icon or set(facts.extra_claims) - set(Claim):
        raise Refused(_("Choose one of what is offered."), code="choice-wrong")
    addresses = {
        "start_url": [facts.start_url],
        "logout_uri": [facts.logout_uri] if facts.logout_uri else [],
        "redirect_uris": facts.redirect_uris,
        "post_logout_redirect_uris": facts.post_logout_redirect_uris,
    }
    for name, typed in addresses.items():
        check = check_redirect_address if name.endswith("redirect_uris") else check_address
        for address in typed:
            try:
                check(address)
            except ValidationError as error:
                raise Refused(" ".join(error.messages), code="address-wrong", field=name) from None
    # One that was there before this was looked at is told, and stands in no other change's way.
    if facts.logout_uri != application.logout_uri and (why := logout_problem(facts.logout_uri)):
        raise why


def logout_problem(address: str) -> Refused | None:
    """Return why the portal never calls this logout address, or None.

    It calls nothing within its own network. Of the own machine, on which one tries things, the
    operator names what is called.
    """
    if address.lower().startswith("https:"):
        try:
            egress.check_address(address, field="logout_uri")
        except Refused as refused:
            return refused
    return None


def check_customers(customers: Iterable[Customer], partner_id: int) -> None:
    """Raise Refused, at their field, for customers of another partner."""
    if any(customer.partner_id != partner_id for customer in customers):
        raise Refused(
            _("Choose customers of your own partner only."),
            code="customer-not-yours",
            field="customers",
        )


def _check_owner(application: Application, facts: Facts) -> None:
    """Raise Refused for customers and service plans of another partner, and for plans removed."""
    check_customers(facts.customers, application.partner_id)
    if facts.everyone:
        return
    theirs = {plan.product.partner_id for plan in facts.plans} - {None, application.partner_id}
    if theirs:
        raise Refused(
            _("Choose service plans that your own partner can sell."),
            code="service-plan-of-others",
            field="plans",
        )
    hold_plans(facts.plans)


def _known(application: Application) -> dict[str, Any]:
    """Return what the log says of the application: lists as text, or two would be a change."""
    plans = application.plans.order_by("product__sku", "code")
    codes = [f"{sku}: {code}" for sku, code in plans.values_list("product__sku", "code")]
    names = application.customers.order_by("name").values_list("name", flat=True)
    client = application.client
    known: dict[str, Any] = {
        "name": application.name,
        "icon": application.icon,
        "start_url": application.start_url,
        "opened_by": "everyone" if application.everyone else ", ".join(codes),
        "customers": "all" if application.all_customers else ", ".join(names),
        "logout_uri": application.logout_uri,
        "extra_claims": ", ".join(application.extra_claims),
        "needs_pkce": application.needs_pkce,
    }
    if client is not None:
        known |= {
            "is_public": client.type == Client.Type.PUBLIC,
            "redirect_uris": ", ".join(client.get_redirect_uris()),
            "post_logout_redirect_uris": ", ".join(client.get_post_logout_redirect_uris()),
        }
    return known
