from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F

from ..actions import Action
from ..errors import Refused
from ..folding import customer_search_text
from ..formats import clash_text
from ..models import Customer, Domain, Partner
from ..narrowing import narrowing_of
from ..roles import Capability
from ..said import gettext as _
from ..zones import CHOOSE_ZONE, names
from . import audit
from .domains import legal_name, taken_message
from .permission import check_actor
from .searching import search_text_of
from .seen import clash_of
from .transactions import transactional

if TYPE_CHECKING:
    from accounts.models import User


# Called with a customer that was changed, whose row is locked and written, and who changed it; in
# that transaction.
AtChange = Callable[[Customer, "User"], None]

_at_change: list[AtChange] = []


def at_change_of_customer(act: AtChange) -> None:
    """Have this called at each change of a customer's account; an app above says so when ready."""
    if act not in _at_change:
        _at_change.append(act)


@transactional
def add_customer(
    *,
    actor: "User",
    name: str,
    primary_domain: str,
    country: str,
    contact_email: str = "",
    partner: Partner | None = None,
) -> Customer:
    """Add a customer with its first domain. Raise Refused where name or domain is taken.

    It is the actor's partner's; support staff, who have none, say which one.
    """
    by = check_actor(actor, Capability.MANAGE_CUSTOMERS)
    narrowing = narrowing_of(by.pk)
    if narrowing is not None and narrowing.customers is not None:
        text = _("This token is for chosen customers, and can't add others.")
        raise Refused(text, code="customer-not-open")
    partner = by.partner or partner
    if partner is None:
        raise Refused(_("Only partner staff can add a customer."), code="staff-only")
    customer = Customer(partner=partner, name=name, country=country, contact_email=contact_email)
    domain = Domain(name=legal_name(primary_domain, field="primary_domain"), is_primary=True)
    customer.search_text = customer_search_text(name, [domain.name])
    _check_name(customer, [domain.name], by)
    try:
        with transaction.atomic():
            customer.save()
    except IntegrityError:
        raise Refused(_name_taken(customer, by), code="customer-name-taken", field="name") from None
    domain.customer = customer
    try:
        with transaction.atomic():
            domain.save()
    except IntegrityError:
        raise Refused(taken_message(), code="domain-taken", field="primary_domain") from None
    if by.limited_to_customers:
        # Or else the actor would not see it.
        by.allowed_customers.add(customer)
    entries = [
        audit.Entry(Action.CUSTOMER_ADDED, customer, {"country": str(country)}),
        audit.Entry(Action.DOMAIN_ADDED, domain, {"domain": domain.name}),
    ]
    audit.record(entries, actor=actor, customer=customer)
    return customer


@transactional
def change_customer(
    customer: Customer, *, actor: "User", seen: Mapping[str, str] | None = None, **values: str
) -> list[str]:
    """Change name, country, contact email or time zone; return the fields that did change.

    A time zone is one of customers.zones, or "" for that of the country. Refused, at the field,
    where one of those to change no longer has the value in `seen`.
    """
    by = check_actor(actor, Capability.MANAGE_CUSTOMERS, customer=customer)
    if (zone := values.get("time_zone")) and zone not in names():
        raise Refused(CHOOSE_ZONE, code="time-zone-unknown", field="time_zone")
    fresh = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    changed = [name for name, value in values.items() if str(getattr(fresh, name)) != str(value)]
    if not changed:
        return []
    before = {name: str(getattr(fresh, name)) for name in changed}
    if name := clash_of(before, seen or {}):
        raise Refused(clash_text(before[name]), code="changed-meanwhile", field=name)
    for name in changed:
        setattr(fresh, name, values[name])
    written = list(changed)
    if "name" in changed:
        _check_name(fresh, fresh.domains.values_list("name", flat=True), by)
        fresh.search_text = search_text_of(fresh)
        written.append("search_text")
    try:
        with transaction.atomic():
            fresh.save(update_fields=written)
    except IntegrityError:
        raise Refused(_name_taken(fresh, by), code="customer-name-taken", field="name") from None
    changes = {name: [before[name], str(values[name])] for name in changed}
    personal = {"contact_email": changes.pop("contact_email")} if "contact_email" in changes else {}
    entry = audit.Entry(Action.CUSTOMER_CHANGED, fresh, changes, personal)
    audit.record([entry], actor=actor, customer=fresh)
    for act in _at_change:
        act(fresh, actor)
    return changed


def name_problem(customer: Customer, domains: Iterable[str], *, by: "User") -> str:
    """Return why the customer, with these domains, can't have its name, or "" where it can.

    Names are distinct among all customers of a partner. Staff who see only some of them must not
    learn from a refusal that there is another one. So the names that they give end with a domain
    of the customer, which no other customer has, and none is refused because of one unseen.
    """
    known = Customer.objects.filter(partner=customer.partner, name__iexact=customer.name)
    if by.limited_to_customers:
        known = known.visible_to(by)
    if known.exclude(pk=customer.pk).exists():
        return _taken(customer)
    endings = [f"({domain})" for domain in domains] if by.limited_to_customers else []
    if not endings or customer.name.lower().endswith(tuple(endings)):
        return ""
    text = _("Customers that you don't see may have this name. Add a domain to it: %(name)s.")
    return text % {"name": f"{customer.name} {endings[0]}"}


def _check_name(customer: Customer, domains: Iterable[str], by: "User") -> None:
    if problem := name_problem(customer, domains, by=by):
        raise Refused(problem, code="customer-name-taken", field="name")


def _name_taken(customer: Customer, by: "User") -> str:
    """Return the refusal of a name that was taken since it was looked for."""
    if by.limited_to_customers:
        return _("This name cannot be used here.")
    return _taken(customer)


def _taken(customer: Customer) -> str:
    text = _("You already have a customer named %(name)s. Choose another name.")
    return text % {"name": customer.name}


def move_counters(customer: Customer | int, *, active: int = 0, deleted: int = 0) -> None:
    """Move the counters of living and deleted users; the last lock of every transaction."""
    if not active and not deleted:
        return
    pk = customer if isinstance(customer, int) else customer.pk
    Customer.objects.filter(pk=pk).update(
        active_users=F("active_users") + active, deleted_users=F("deleted_users") + deleted
    )


def lower_deleted_counters(gone: Mapping[int, int]) -> None:
    """Lower the counters of deleted users of these customers, by their ids.

    Each number, of which there are few, is a statement. The locks are taken in one order, the last
    ones of the transaction.
    """
    rows = Customer.objects.filter(pk__among=list(gone)).order_by("pk")
    alike: dict[int, list[int]] = {}
    for pk in rows.select_for_update(no_key=True).values_list("pk", flat=True):
        alike.setdefault(gone[pk], []).append(pk)
    for number, ids in alike.items():
        Customer.objects.filter(pk__among=ids).update(deleted_users=F("deleted_users") - number)
