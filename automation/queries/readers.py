"""Who hears of what is so at a customer: whose role may do something about it, and sees it."""

from collections.abc import Collection

from django.db.models import Q

from accounts.models import User, UserQuerySet
from customers.models import Customer
from customers.roles import CUSTOMER_ROLES, OF_PARTNER, STAFF_ROLES, Capability, Role, reach

from ..models import NoticeKind
from ..notice_choices import NEEDS

# By customer, or by partner, who hears of it.
Readers = dict[int, list[User]]

_READ = ("partner_id", "customer_id", "deleted_at", "blocked_at", "is_machine")


def readers_at(customers: Collection[int], kind: NoticeKind) -> Readers:
    """Return, by customer, the partner's staff and its own users who hear of a kind there.

    Staff who are limited to customers hear of these alone.
    """
    staff, own = NEEDS[kind].staff, NEEDS[kind].own
    if staff is None or own is None:
        raise ValueError(kind)
    partners = dict(Customer.objects.filter(pk__among=customers).values_list("pk", "partner_id"))
    found: Readers = {pk: [] for pk in partners}
    of_partner: dict[int, list[User]] = {}
    limited: dict[int, User] = {}
    colleagues = able_to(staff, STAFF_ROLES).filter(partner__in=set(partners.values()))
    for user in colleagues.only(*_READ, "limited_to_customers"):
        if user.limited_to_customers:
            limited[user.pk] = user
        else:
            of_partner.setdefault(user.partner_id or 0, []).append(user)
    for pk, partner in partners.items():
        found[pk] += of_partner.get(partner, ())
    allowed = User.allowed_customers.through.objects.filter(user__in=limited)
    for user_id, customer in allowed.values_list("user_id", "customer_id"):
        user = limited[user_id]
        if partners.get(customer) == user.partner_id:
            found[customer].append(user)
    there = able_to(own, CUSTOMER_ROLES).filter(customer__among=partners)
    for user in there.only(*_READ):
        found[user.customer_id or 0].append(user)
    return found


def readers_of(partners: Collection[int], capability: Capability) -> Readers:
    """Return, by partner, the staff with a capability that is about the partner as a whole."""
    found: Readers = {pk: [] for pk in partners}
    for user in able_to(capability, STAFF_ROLES).filter(partner__in=partners).only(*_READ):
        found[user.partner_id or 0].append(user)
    return found


def able_to(capability: Capability, among: Collection[Role]) -> UserQuerySet:
    """Return the living who can sign in, and whose role, one of these, includes the capability."""
    roles = [role for role in among if reach([role], capability)]
    able = User.objects.active().filter(blocked_at=None, is_machine=False)
    if capability in OF_PARTNER:
        able = able.filter(~Q(limited_to_customers=True))
    return able.filter(groups__name__in=roles).distinct().order_by("pk")
