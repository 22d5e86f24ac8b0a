"""Sources of a customer's users, looked after by its Global administrators or the partner.

A source acts as a machine user of the partner's, limited to the customer. In the scope of the
customer a request can neither add nor end that user by itself: two functions of the database do.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import User
from accounts.services.access import end_access
from accounts.services.staff.removing import GONE
from accounts.services.users.locking import check_reach, take_users
from customers import scope
from customers.actions import Action
from customers.errors import Refused
from customers.models import Customer
from customers.roles import Capability, Reach, Role, who_can
from customers.said import gettext as _
from customers.services import audit
from customers.services.permission import check_actor
from customers.services.transactions import transactional
from licensing.errors import CHOSEN_GONE
from licensing.models import Subscription

from ..credentials import draw
from ..lookup import hash_of
from ..models import ScimLink, Source, Token, TokenCustomer, TokenKind
from .integrations import LETTERS, domain_of
from .tokens import Made, check_end, check_hand

# What the token of a source may do.
RIGHTS = (Capability.SEE, Capability.MANAGE_LICENSES, Capability.MANAGE_USERS)
MOST_TOKENS = 2


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What a source shall do: keep users who are there already, and give its new ones a license."""

    takes_over: bool = False
    subscription: Subscription | None = None


@transactional
def add_source(customer: Customer, name: str, facts: SourceFacts, *, actor: User) -> Source:
    """Add a source, which then needs a token."""
    check_may(actor, customer)
    name = name.strip()
    if not name:
        raise Refused(_("Enter the name of the source."), code="source-name-missing", field="name")
    _check_subscription(customer, facts)
    try:
        with transaction.atomic():
            source = Source.objects.create(
                customer=customer,
                name=name,
                user=_add_user(customer, name),
                takes_over=facts.takes_over,
                subscription=facts.subscription,
                made_by=actor,
            )
    except IntegrityError:
        text = _("There is a source of this name already. Choose another one.")
        raise Refused(text, code="source-name-taken", field="name") from None
    _log(Action.SOURCE_ADDED, source, _values(source), actor=actor)
    return source


@transactional
def change_source(source: Source, facts: SourceFacts, *, actor: User) -> dict[str, list[Any]]:
    """Change what a source does; return what changed, as [before, after] by name."""
    fresh = take_source(source, actor=actor)
    _check_subscription(fresh.customer, facts)
    before = _values(fresh)
    fresh.takes_over, fresh.subscription = facts.takes_over, facts.subscription
    after = _values(fresh)
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if changes:
        fresh.save(update_fields=["takes_over", "subscription"])
        _log(Action.SOURCE_CHANGED, fresh, changes, actor=actor)
    return changes


@transactional
def remove_source(source: Source, *, actor: User) -> None:
    """Remove a source: its tokens are worth nothing at once, and its users are released."""
    fresh = take_source(source, actor=actor)
    user = fresh.user
    _log(Action.SOURCE_REMOVED, fresh, {}, actor=actor)
    own = Token.objects.filter(user=user, kind=TokenKind.SOURCE, revoked_at=None)
    own.update(revoked_at=timezone.now())
    in_scope, days = _in_scope_of_customer(), settings.DELETED_USER_RETENTION_DAYS
    if in_scope:
        with connection.cursor() as cursor:
            cursor.execute("SELECT portal_end_source_user(%s, %s)", [user.pk, days])
    fresh.delete()
    if not in_scope:
        user.username = user.domain = None
        user.deleted_at, user.deleted_by = timezone.now(), actor
        user.purge_after = user.deleted_at + timedelta(days=days)
        end_access([user], writing=GONE)


@transactional
def add_source_token(source: Source, *, ends_at: datetime, actor: User) -> Made:
    """Make a token for a source, which has up to two at a time while one is changed."""
    fresh = take_source(source, actor=actor)
    if fresh.tokens.filter(epoch=fresh.user.session_epoch).count() >= MOST_TOKENS:
        raise Refused(
            _("A source has up to two tokens at a time. Revoke one of them first."),
            code="source-tokens-two",
        )
    check_end(ends_at)
    drawn = draw()
    token = Token.objects.create(
        user=fresh.user,
        made_by=actor,
        kind=TokenKind.SOURCE,
        name=fresh.name,
        prefix=drawn.prefix,
        hash=hash_of(drawn.text),
        capabilities=sorted(RIGHTS),
        all_customers=False,
        epoch=fresh.user.session_epoch,
        ends_at=ends_at,
    )
    TokenCustomer.objects.create(token=token, customer=fresh.customer)
    facts = {"source": fresh.name, "ends_at": ends_at.isoformat()}
    entry = audit.Entry(Action.TOKEN_ADDED, token, facts)
    audit.record([entry], actor=actor, customer=fresh.customer)
    return Made(token, drawn.text)


@transactional
def revoke_source_token(source: Source, token: Token, *, actor: User) -> bool:
    """Make a token of the source worth nothing; return whether it was worth anything before."""
    fresh = take_source(source, actor=actor)
    if not fresh.tokens.filter(pk=token.pk).update(revoked_at=timezone.now()):
        return False
    entry = audit.Entry(Action.TOKEN_REVOKED, token, {"source": fresh.name})
    audit.record([entry], actor=actor, customer=fresh.customer)
    return True


@transactional
def release_users(users: Collection[User], *, source: Source, actor: User) -> int:
    """Release users from their source: it changes them no more, and pages can again."""
    check_hand(actor)
    customer, capability = source.customer, Capability.MANAGE_USERS
    locked = take_users(users, customer=customer, actor=actor, capability=capability)
    check_reach(locked.rows, actor=locked.actor, capability=capability)
    links = ScimLink.objects.filter(source=source, user__in=locked.rows)
    linked = set(links.values_list("user_id", flat=True))
    links.delete()
    released = [row for row in locked.rows if row.pk in linked]
    entries = [
        audit.Entry(Action.USER_CHANGED, row, {"source": [source.name, ""]}) for row in released
    ]
    audit.record(entries, actor=actor, customer=customer)
    return len(released)


def may_manage(user: User) -> bool:
    """Return whether this user's roles look after sources: they reach administrators, too."""
    return user.reach(Capability.MANAGE_USERS) == Reach.FULL


def check_may(actor: User, customer: Customer) -> User:
    """Return the actor as they are now. Refused unless they look after this customer's sources."""
    check_hand(actor)
    fresh = check_actor(actor, Capability.MANAGE_USERS, customer=customer)
    if not fresh.is_staff and not may_manage(fresh):
        text = who_can(Capability.MANAGE_USERS, staff=bool(fresh.partner_id))
        raise Refused(str(text), code="role-lacks-it")
    return fresh


def take_source(source: Source, *, actor: User) -> Source:
    """Lock a source and return it. Refused where the actor may not, or it is gone."""
    check_may(actor, source.customer)
    rows = Source.objects.select_for_update(of=("self",)).select_related(
        "customer__partner", "user", "subscription__product"
    )
    fresh = rows.filter(pk=source.pk).first()
    if fresh is None:
        raise Refused(_("This source has since been removed."), code="source-gone")
    return fresh


def _check_subscription(customer: Customer, facts: SourceFacts) -> None:
    if facts.subscription is None:
        return
    if not customer.subscriptions.current().filter(pk=facts.subscription.pk).exists():
        raise Refused(
            str(CHOSEN_GONE),
            code="subscription-gone",
            field="subscription",
        )


def _values(source: Source) -> dict[str, Any]:
    product = source.subscription.product.name if source.subscription else ""
    return {"takes_over": source.takes_over, "default_license": product}


def _in_scope_of_customer() -> bool:
    """Whether the database lets this request write nothing of the partner's own."""
    current = scope.current()
    limited = current is not None and current.role == scope.WEB and current.customer is not None
    return limited and connection.vendor == "postgresql"


def _add_user(customer: Customer, name: str) -> User:
    """Add the machine user that the source acts as."""
    partner = customer.partner
    domain = domain_of(partner)
    user = User(partner=partner, domain=domain, display_name=name, is_machine=True)
    user.limited_to_customers = True
    user.user_name = f"source-{get_random_string(12, LETTERS)}@{domain.name}"
    user.set_unusable_password()
    user.fill_derived()
    if _in_scope_of_customer():
        with connection.cursor() as cursor:
            named = [user.user_name, user.display_name, user.sort_name, user.search_text]
            cursor.execute("SELECT portal_add_source_user(%s, %s, %s, %s)", named)
            return User.objects.get(pk=cursor.fetchone()[0])
    user.save()
    user.groups.set(Group.objects.filter(name=Role.ADMIN_AGENT))
    user.allowed_customers.set([customer])
    return user


def _log(action: Action, source: Source, changes: Mapping[str, Any], *, actor: User) -> None:
    audit.record(
        [audit.Entry(action, source, dict(changes))], actor=actor, customer=source.customer
    )
