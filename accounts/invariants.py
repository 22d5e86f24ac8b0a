"""What must hold in any database of the portal, whatever was done to it: read only, set by set.

`violations()` ends races, kills and restores in the tests; an operator calls check_invariants.
"""

from collections.abc import Callable, Iterator

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Lower

from customers.models import (
    AuditEvent,
    Batch,
    BatchItem,
    BatchState,
    Customer,
    Domain,
    Partner,
)
from customers.roles import CUSTOMER_ROLES, STAFF_ROLES, Role
from customers.services.searching import search_text_of
from licensing.models import (
    LicenseAssignment,
    SeatReservation,
    ServicePlan,
    Subscription,
    SubscriptionStatus,
)

from .models import CredentialSheet, CredentialSheetPart, User
from .names import check_local_part
from .passwords import GeneratedPasswordHasher

Check = Callable[[], Iterator[str]]
CHUNK = 5_000


def violations() -> list[str]:
    """Return a line for each broken rule, read at one instant where nobody waits for it."""
    if connection.in_atomic_block:
        return _all()
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return _all()


def _all() -> list[str]:
    return [f"{check.__name__}: {line}" for check in CHECKS for line in check()]


def seats_equal_live_assignments() -> Iterator[str]:
    live = LicenseAssignment.objects.live().filter(subscription=OuterRef("pk")).order_by()
    count = live.values("subscription").annotate(count=Count("*")).values("count")
    rows = Subscription.objects.annotate(live=Coalesce(Subquery(count), 0))
    wrong = rows.exclude(assigned=F("live"))
    for pk, assigned, held in wrong.values_list("pk", "assigned", "live"):
        yield f"subscription {pk} counts {assigned} assigned, {held} are live"


def seats_are_not_oversold() -> Iterator[str]:
    more = Q(assigned__gt=F("quantity") - F("reserved"))
    for row in Subscription.objects.filter(Q(assigned__lt=0) | Q(reserved__lt=0) | more):
        given = f"{row.assigned} assigned and {row.reserved} reserved"
        yield f"subscription {row.pk} has {given} of {row.quantity} seats"


def reserved_seats_equal_reservations() -> Iterator[str]:
    kept = SeatReservation.objects.filter(subscription=OuterRef("pk")).order_by()
    count = kept.values("subscription").annotate(count=Count("*")).values("count")
    wrong = Subscription.objects.annotate(kept=Coalesce(Subquery(count), 0))
    wrong = wrong.exclude(reserved=F("kept"))
    for pk, reserved, kept_seats in wrong.values_list("pk", "reserved", "kept"):
        yield f"subscription {pk} counts {reserved} reserved, there are {kept_seats} reservations"


def reservations_are_of_living_users() -> Iterator[str]:
    own = Q(user__customer=F("customer")) & Q(subscription__customer=F("customer"))
    for row in SeatReservation.objects.exclude(own & Q(user__deleted_at=None)):
        yield f"reservation {row.pk} is for user {row.user_id}, deleted or of another customer"


def nobody_has_a_seat_twice() -> Iterator[str]:
    held = LicenseAssignment.objects.live().filter(
        subscription=OuterRef("subscription"), user=OuterRef("user")
    )
    for row in SeatReservation.objects.filter(Exists(held)):
        yield f"reservation {row.pk} is for user {row.user_id}, who has the license"


def one_current_subscription_per_product() -> Iterator[str]:
    pairs = Subscription.objects.current().order_by().values("customer", "product")
    for pair in pairs.annotate(count=Count("*")).filter(count__gt=1):
        yield f"customer {pair['customer']} has product {pair['product']} {pair['count']} times"


def one_live_license_per_user() -> Iterator[str]:
    pairs = LicenseAssignment.objects.live().order_by().values("subscription", "user")
    for pair in pairs.annotate(count=Count("*")).filter(count__gt=1):
        yield f"user {pair['user']} has {pair['count']} of subscription {pair['subscription']}"


def licenses_are_of_one_customer() -> Iterator[str]:
    own = Q(user__customer=F("customer")) & Q(subscription__customer=F("customer"))
    for row in LicenseAssignment.objects.exclude(own):
        yield f"assignment {row.pk} is of customer {row.customer_id}, user or subscription is not"


def canceled_subscriptions_are_empty() -> Iterator[str]:
    live = LicenseAssignment.objects.live()
    for row in live.filter(subscription__status=SubscriptionStatus.CANCELED):
        yield f"assignment {row.pk} is live in a canceled subscription"


def releases_follow_assignments() -> Iterator[str]:
    for row in LicenseAssignment.objects.filter(released_at__lt=F("assigned_at")):
        yield f"assignment {row.pk} was released before it was assigned"


def deleted_users_hold_nothing() -> Iterator[str]:
    live = LicenseAssignment.objects.live()
    for row in live.filter(user__deleted_at__isnull=False):
        yield f"assignment {row.pk} is live, and user {row.user_id} is deleted"


def holders_have_a_usage_location() -> Iterator[str]:
    live = LicenseAssignment.objects.live()
    for row in live.filter(user__usage_location=""):
        yield f"user {row.user_id} holds assignment {row.pk} without a usage location"


def services_off_are_of_the_product() -> Iterator[str]:
    plans: dict[int, set[str]] = {}
    for product, code in ServicePlan.objects.values_list("product", "code"):
        plans.setdefault(product, set()).add(code)
    rows = LicenseAssignment.objects.live().exclude(services_off=[])
    for pk, product, codes in rows.values_list("pk", "subscription__product", "services_off"):
        if strange := set(codes) - plans.get(product, set()):
            yield f"assignment {pk} switches off {', '.join(sorted(strange))}, unknown here"


def deletion_is_whole() -> Iterator[str]:
    living = Q(deleted_at=None, purge_after=None, deleted_by=None, username__isnull=False)
    deleted = Q(deleted_at__isnull=False, purge_after__gte=F("deleted_at"), username=None)
    for row in User.objects.exclude(living | (deleted & Q(domain=None))):
        yield f"user {row.pk} is neither wholly living nor wholly deleted"


def sign_in_names_are_unique() -> Iterator[str]:
    names = User.objects.exclude(username=None).order_by().values(name=Lower("username"))
    for row in names.annotate(count=Count("*")).filter(count__gt=1):
        yield f"{row['count']} users sign in with one name"


def domains_are_the_owners() -> Iterator[str]:
    customers = Q(customer__isnull=False, domain__customer=F("customer"))
    partners = Q(partner__isnull=False, domain__partner=F("partner"))
    support = Q(customer=None, partner=None, domain=None)
    for row in User.objects.active().exclude(customers | partners | support):
        yield f"user {row.pk} has a domain that is not of the customer or partner"


def users_belong_to_one() -> Iterator[str]:
    both = Q(partner__isnull=False, customer__isnull=False)
    flags = Q(is_staff=True) | Q(is_superuser=True)
    support = flags & (Q(partner__isnull=False) | Q(customer__isnull=False))
    for row in User.objects.filter(both | support):
        yield f"user {row.pk} belongs to more than one side"


def roles_fit_the_side() -> Iterator[str]:
    foreign = Q(user__customer__isnull=False) & ~Q(group__name__in=_names(CUSTOMER_ROLES))
    foreign |= Q(user__partner__isnull=False) & ~Q(group__name__in=_names(STAFF_ROLES))
    for row in User.groups.through.objects.filter(foreign).select_related("group"):
        yield f"user {row.user_id} has the role {row.group}, which is for others"


def _names(roles: tuple[Role, ...]) -> list[str]:
    return [role.value for role in roles]


def temporary_passwords_are_marked() -> Iterator[str]:
    temporary = Q(must_change_password=True, temporary_password_set_at__isnull=False)
    own = Q(must_change_password=False, temporary_password_set_at=None)
    for row in User.objects.exclude(temporary | own):
        yield f"user {row.pk} has a password that is neither temporary nor their own"
    fast = f"{GeneratedPasswordHasher.algorithm}$"
    for row in User.objects.filter(password__startswith=fast).exclude(temporary):
        yield f"user {row.pk} has a fast hash for a password of their own"


def derived_columns_are_right() -> Iterator[str]:
    names = ("user_name", "display_name", "first_name", "last_name", "deleted_at")
    derived = ("username", "sort_name", "search_text")
    known = User.objects.select_related("customer")
    rows = known.only(*names, *derived, "customer__country")
    for user in rows.order_by("pk").iterator(CHUNK):
        stored = (user.username, user.sort_name, user.search_text)
        user.fill_derived()
        if stored != (user.username, user.sort_name, user.search_text):
            yield f"user {user.pk} has a sign-in name, sort name or search text of other names"


def customers_are_found_by_their_names() -> Iterator[str]:
    for customer in Customer.objects.prefetch_related("domains").order_by("pk").iterator(CHUNK):
        if customer.search_text != search_text_of(customer):
            yield f"customer {customer.pk} has a search text of another name or other domains"


def user_names_are_legal() -> Iterator[str]:
    rows = User.objects.active().exclude(domain=None).order_by("pk")
    for pk, name, domain in rows.values_list("pk", "user_name", "domain__name").iterator(CHUNK):
        local, _at, end = name.rpartition("@")
        if end.lower() != domain:
            yield f"user {pk} has a user name that does not end in @{domain}"
        try:
            check_local_part(local)
        except ValidationError as error:
            yield f"user {pk}: {' '.join(error.messages)}"


def counters_are_true() -> Iterator[str]:
    rows = Customer.objects.annotate(
        living=Coalesce(_count(User.objects.active()), 0),
        deleted=Coalesce(_count(User.objects.filter(deleted_at__isnull=False)), 0),
    )
    wrong = rows.exclude(active_users=F("living"), deleted_users=F("deleted"))
    columns = wrong.values_list("pk", "active_users", "deleted_users", "living", "deleted")
    for pk, active, waiting, living, deleted in columns:
        counted = f"counts {active} active and {waiting} deleted users"
        yield f"customer {pk} {counted}, there are {living} and {deleted}"


def _count(users: models.QuerySet[User]) -> Subquery:
    own = users.filter(customer=OuterRef("pk")).order_by().values("customer")
    return Subquery(own.annotate(count=Count("*")).values("count"))


def one_primary_domain_each() -> Iterator[str]:
    owners = {"customer": Customer.objects.order_by(), "partner": Partner.objects.order_by()}
    for name, rows in owners.items():
        primary = Domain.objects.filter(**{name: OuterRef("pk")}, is_primary=True)
        for pk in rows.filter(~Exists(primary)).values_list("pk", flat=True):
            yield f"{name} {pk} has no primary domain"
        several = Domain.objects.filter(is_primary=True).exclude(**{name: None}).order_by()
        for row in several.values(name).annotate(count=Count("*")).filter(count__gt=1):
            yield f"{name} {row[name]} has {row['count']} primary domains"


def domains_are_lower_case() -> Iterator[str]:
    for row in Domain.objects.exclude(name=Lower("name")):
        yield f"domain {row.pk} is not in lower case"


def destroyed_sheets_are_empty() -> Iterator[str]:
    held = CredentialSheetPart.objects.filter(sheet=OuterRef("pk"))
    for row in CredentialSheet.objects.exclude(destroyed_at=None).filter(Exists(held)):
        yield f"sheet {row.pk} was destroyed and still holds something"


def sheets_count_their_users() -> Iterator[str]:
    parts = CredentialSheetPart.objects.filter(sheet=OuterRef("pk")).order_by().values("sheet")
    sums = parts.annotate(all=Sum("users"), last=Max("number"), parts=Count("*"))
    rows = CredentialSheet.objects.filter(destroyed_at=None).annotate(
        held=Coalesce(Subquery(sums.values("all")), 0),
        last=Coalesce(Subquery(sums.values("last")), 0),
        number=Coalesce(Subquery(sums.values("parts")), 0),
    )
    wrong = rows.exclude(users=F("held"), last=F("number"))
    for pk, users, held, number in wrong.values_list("pk", "users", "held", "number"):
        yield f"sheet {pk} counts {users} users, its {number} parts hold {held}"


def batches_count_right() -> Iterator[str]:
    finished = Batch.objects.filter(state=BatchState.DONE)
    for row in finished.exclude(total=F("done") + F("failed") + F("already")):
        counts = f"{row.done} done, {row.failed} failed and {row.already} that were so before"
        yield f"batch {row.pk} counts {counts} of {row.total}"


def batches_stay_with_one_customer() -> Iterator[str]:
    for row in BatchItem.objects.exclude(user__customer=F("batch__customer")):
        yield f"batch {row.batch_id} holds user {row.user_id} of another customer"


def events_name_the_right_partner() -> Iterator[str]:
    events = AuditEvent.objects.exclude(customer=None)
    for row in events.exclude(partner=F("customer__partner")):
        yield f"event {row.pk} is in the log of another partner"


CHECKS: list[Check] = [
    seats_equal_live_assignments,
    seats_are_not_oversold,
    reserved_seats_equal_reservations,
    reservations_are_of_living_users,
    nobody_has_a_seat_twice,
    one_current_subscription_per_product,
    one_live_license_per_user,
    licenses_are_of_one_customer,
    canceled_subscriptions_are_empty,
    releases_follow_assignments,
    deleted_users_hold_nothing,
    holders_have_a_usage_location,
    services_off_are_of_the_product,
    deletion_is_whole,
    sign_in_names_are_unique,
    domains_are_the_owners,
    users_belong_to_one,
    roles_fit_the_side,
    temporary_passwords_are_marked,
    derived_columns_are_right,
    customers_are_found_by_their_names,
    user_names_are_legal,
    counters_are_true,
    one_primary_domain_each,
    domains_are_lower_case,
    destroyed_sheets_are_empty,
    sheets_count_their_users,
    batches_count_right,
    batches_stay_with_one_customer,
    events_name_the_right_partner,
]


def also_hold(*checks: Check) -> None:
    """Hold every database to these too: an app above says so when it is ready."""
    CHECKS.extend(check for check in checks if check not in CHECKS)
