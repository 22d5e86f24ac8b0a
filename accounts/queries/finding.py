"""Users of many customers at once, found by a name, an alternate email or a phone number."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import (
    BigIntegerField,
    Case,
    F,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat, Replace, StrIndex
from django.db.models.lookups import GreaterThan

from customers import scope
from customers.folding import folded_words
from customers.lookups import array_of
from customers.models import CustomerQuerySet, Domain

from ..models import User
from ..models.user_queries import INDEXED

# The best of so many matches are shown: any two hundred of ten thousand are as good as others.
CONSIDERED = 200
# So many customers are searched one by one, and more where they have less than this part of all
# users; otherwise a few of the largest ones.
FEW_CUSTOMERS, LITTLE, LARGEST = 100, 0.05, 4
SHOWN = (
    *("display_name", "user_name", "alternate_email", "office_phone", "mobile_phone"),
    *("blocked_at", "deleted_at"),
)
# A number as it is typed: the last digits count, as what is before them is written in many ways.
_NUMBER = re.compile(r"[0-9+\s()./-]{4,40}")
LEAST_DIGITS, WHOLE_DIGITS, COUNTED_DIGITS = 4, 6, 8


@dataclass(frozen=True, slots=True)
class FoundUsers:
    """Users, the best first; `by_contact` are ids of those whose names don't have the text."""

    users: Sequence[User]
    has_more: bool
    by_contact: Collection[int] = ()


def is_long_enough(text: str) -> bool:
    """Return whether users can be searched by this: a word of three letters, or a number."""
    return any(len(word) >= INDEXED for word in folded_words(text))


def find_users(
    text: str, customers: CustomerQuerySet, size: int, *, first: Sequence[int] = ()
) -> FoundUsers:
    """Return up to so many users of these customers, the best first, each with its customer.

    Those who can still be restored are among them. Of the ids in `first` those who match stand
    before all others. By fewer than three letters no users are found.
    """
    words = folded_words(text)
    if not is_long_enough(text):
        return FoundUsers([], has_more=False)
    held = customers.order_by().values_list("pk", "active_users", "deleted_users")
    own = {pk: active + deleted for pk, active, deleted in held}
    contacts = _by_contact(text, list(own))[: size + 1]
    in_domain = _by_name(words, customers, _with_domain(text, own), size + 1)
    named = in_domain or _by_name(words, customers, own, size + 1)
    # Who types a whole address or number means it; a word is a name before it is an address.
    is_contact = "@" in text or _NUMBER.fullmatch(text)
    known = []
    if first:
        usual = User.objects.living_or_restorable().filter(customer__in=customers.order_by())
        matching = set(usual.filter(pk__among=first).matching(words).values_list("pk", flat=True))
        known = [pk for pk in first if pk in matching]
    ids = list(dict.fromkeys([*known, *(contacts if is_contact else ()), *named, *contacts]))
    users = User.objects.select_related("customer").only(*SHOWN, "customer__name")
    by_contact = set(contacts) - set(named) - set(known)
    return FoundUsers(users.in_order(ids[:size]), len(ids) > size, by_contact)


def users_in_order(ids: Sequence[int], customers: CustomerQuerySet) -> list[User]:
    """Return those of these users who are these customers' and can be opened, in this order."""
    users = User.objects.living_or_restorable().filter(customer__in=customers.order_by())
    return users.select_related("customer").only(*SHOWN, "customer__name").in_order(ids)


def _with_domain(text: str, own: Mapping[int, int]) -> Mapping[int, int]:
    """Return the customer whose domain the text ends with after an @, or none."""
    _name, at, domain = text.strip().lower().rpartition("@")
    with_it = Domain.objects.filter(name=domain).values_list("customer", flat=True)
    return {pk: own[pk] for pk in (with_it if at else ()) if pk in own}


def _by_name(
    words: Sequence[str], customers: CustomerQuerySet, own: Mapping[int, int], size: int
) -> list[int]:
    """Return the ids of those with every word in their names, in one statement."""
    if not own:
        return []
    begins = GreaterThan(StrIndex(Concat(Value("\n"), "search_text"), Value(f"\n{words[0]}")), 0)
    # The living first, then those whose name begins so.
    ranks = {
        name: Case(When(first, then=0), default=1, output_field=IntegerField())
        for name, first in (("is_deleted", Q(deleted_at=None)), ("is_inside", begins))
    }
    users = User.objects.living_or_restorable().matching(words).order_by().annotate(**ranks)
    columns = ("pk", *ranks, "sort_name")
    if connection.vendor == "postgresql":
        sql, parameters = _one_by_one(users.values_list(*columns), customers, own)
    else:
        rows = users.filter(customer__in=customers.order_by()).values_list(*columns)
        sql, parameters = rows.query.sql_with_params()
    # Texts of the ORM's own, and words of ours.
    statement = f"""
        WITH found (id, is_deleted, is_inside, place) AS MATERIALIZED ({sql} LIMIT %s)
        SELECT id FROM found ORDER BY is_deleted, is_inside, place, id LIMIT %s
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, CONSIDERED, size])
        return [pk for (pk,) in cursor.fetchall()]


def _one_by_one(
    rows: QuerySet[User, Any], customers: CustomerQuerySet, own: Mapping[int, int]
) -> tuple[str, Sequence[Any]]:
    """Return the query for these rows of customers that have so many users each, as SQL.

    It searches the largest ones by themselves, in which it finds enough of what many have: their
    index has the customer in it. The smallest of them comes first: an index gives all matches of a
    customer before any is read. Then all others in one look through all users, which passes over
    those of other partners row by row: so, where most are theirs, the others too by themselves.
    """
    by_size = sorted(own, key=lambda pk: own[pk])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [User._meta.db_table]
        )
        [[all_users]] = cursor.fetchall()
    is_alone = len(own) <= FEW_CUSTOMERS or sum(own.values()) < all_users * LITTLE
    apart = by_size if is_alone else by_size[-LARGEST:]
    at_one = rows.filter(customer=RawSQL("own.id", [], output_field=BigIntegerField()))
    sql, parameters = at_one.query.sql_with_params()
    each = "unnest(%s::bigint[]) AS own (id) CROSS JOIN LATERAL"
    sql = f"SELECT matching.* FROM {each} ({sql} OFFSET 0) AS matching"  # noqa: S608
    given = [array_of(apart), *parameters]
    if not is_alone:
        rest = rows.filter(customer__in=customers.order_by()).exclude(customer__among=apart)
        others, parameters = rest.query.sql_with_params()
        sql, given = f"{sql} UNION ALL {others}", [*given, *parameters]
    return sql, given


def _by_contact(text: str, own: Sequence[int]) -> list[int]:
    """Return the ids of those whose alternate email begins so, or whose number ends so."""
    address, digits = "", ""
    if _NUMBER.fullmatch(text):
        digits = re.sub(r"\D", "", text.replace("(0)", ""))
        without_zeros = digits.lstrip("0")
        # Of a whole number they are written or not; of its last digits they are part.
        whole = len(without_zeros) >= WHOLE_DIGITS
        digits = (without_zeros if whole else digits)[-COUNTED_DIGITS:]
        if len(digits) < LEAST_DIGITS:
            return []
    elif len(text) >= INDEXED and not re.search(r"\s", text):
        address = text.lower()
    else:
        return []
    if connection.vendor == "postgresql":
        # Support staff and tasks no policy holds back from the index.
        by_policy = getattr(scope.current(), "role", "") == scope.WEB
        function = "portal_contacts" if by_policy else "contact_matches"
        statement = f"SELECT {function}(%s::bigint[], %s, %s)"
        given = [array_of(own), address, digits]
        with connection.cursor() as cursor:
            cursor.execute(statement, given)
            return [pk for (pk,) in cursor.fetchall()]
    users = User.objects.living_or_restorable().filter(customer__in=own)
    if address:
        found = users.filter(alternate_email__istartswith=address)
    else:
        found = users.annotate(at_work=_digits("office_phone"), on_way=_digits("mobile_phone"))
        found = found.filter(Q(at_work__endswith=digits) | Q(on_way__endswith=digits))
    return list(found.order_by("pk").values_list("pk", flat=True)[:CONSIDERED])


def _digits(field: str) -> Any:
    """Return a number without what is written between digits."""
    number: Any = F(field)
    for sign in "+ ()./-":
        number = Replace(number, Value(sign), Value(""))
    return number
