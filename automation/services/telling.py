"""Telling users what they should know: a row each, once while it is true.

It is written in the transaction of what is told, so that nobody hears of what was rolled back.
Emails are another matter: `automation.services.letters` sends what is to go out.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Model, Value
from django.db.models.constants import OnConflict
from django.db.models.functions import Coalesce
from django.db.models.sql import InsertQuery
from django.utils import timezone

from accounts.models import User
from customers.models import Customer
from customers.services.transactions import transactional

from ..models import Notice, NoticeKind
from ..models.notices import NoticeQuerySet
from ..notice_choices import chosen

CHUNK = 1_000


@transactional
def tell(  # noqa: PLR0913
    kind: NoticeKind,
    to: Collection[User],
    *,
    subject_key: str,
    customer: Customer | None = None,
    facts: Mapping[str, Any],
    url: str,
    about: User | None = None,
    now: datetime | None = None,
) -> int:
    """Tell each of these users who can read it, and was not told of this yet; return how many.

    `facts` are what the text of the kind needs (automation.notice_words), and name no user: the
    one whom it names is `about`, and the notice goes with them. `url` is a path of the portal.
    """
    readers = {user.pk for user in to if can_be_told(user)}
    if not readers:
        return 0
    channels = chosen(readers, kind)
    at = now or timezone.now()
    return _write(
        Notice(
            user_id=pk,
            kind=kind,
            subject_key=subject_key,
            customer=customer,
            about=about,
            facts=dict(facts),
            url=url,
            told_at=at,
            on_page=channels[pk].page,
            to_mail=channels[pk].at_once,
            to_digest=channels[pk].daily,
        )
        # In one order, so that two who tell the same users do not wait for each other.
        for pk in sorted(readers)
    )


def can_be_told(user: User) -> bool:
    """Return whether somebody reads what this user is told: support staff see no notices."""
    is_ours = user.partner_id is not None or user.customer_id is not None
    return is_ours and user.is_active and not user.is_machine


@transactional
def end_notices(
    kind: NoticeKind, still: Collection[tuple[int, str]], *, now: datetime | None = None
) -> int:
    """End the notices of a kind that are no longer true; return how many.

    `still` are those that are, by user and subject. What is true again later is told again.
    """
    standing = Notice.objects.filter(kind=kind, ended_at=None)
    known = set(still)
    over = [
        pk
        for pk, user, key in standing.values_list("pk", "user_id", "subject_key")
        if (user, key) not in known
    ]
    return _end(Notice.objects.filter(pk__among=over), now)


@transactional
def end_these(notices: Collection[int], *, now: datetime | None = None) -> int:
    """End these notices, by id, that are no longer true; return how many."""
    return _end(Notice.objects.filter(pk__among=notices), now) if notices else 0


@transactional
def end_subject(kind: NoticeKind, subject_key: str, *, now: datetime | None = None) -> int:
    """End what was told of one subject, such as a request that is answered; return how many."""
    return _end(Notice.objects.filter(kind=kind, subject_key=subject_key), now)


def _end(notices: NoticeQuerySet, now: datetime | None) -> int:
    """End them: none of them is new from here on, and what was not mailed yet is not any more."""
    at = now or timezone.now()
    return notices.filter(ended_at=None).update(
        ended_at=at, read_at=Coalesce("read_at", Value(at)), to_mail=False, to_digest=False
    )


def _write(notices: Iterable[Notice]) -> int:
    """Write those that are not there yet; return how many.

    `bulk_create` would not say how many. No index is named as the one of conflicts: PostgreSQL
    would then ask for the right to read what is there, which who tells may lack.
    """
    fields = [field for field in Notice._meta.concrete_fields if not field.primary_key]
    rows: list[Model] = list(notices)
    written = 0
    with connection.cursor() as cursor:
        for first in range(0, len(rows), CHUNK):
            query = InsertQuery(Notice, on_conflict=OnConflict.IGNORE)
            query.insert_values(fields, rows[first : first + CHUNK])
            for sql, parameters in query.get_compiler(connection=connection).as_sql():
                cursor.execute(sql, parameters)
                written += cursor.rowcount
    return written
