"""What a row of the user list shows, worked out before the template, which only prints it."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_countries.fields import Country

from customers.models import Customer
from customers.query_params import LARGEST_ID
from customers.roles import Reach
from customers.services.messages import Query, send
from licensing.models import LicenseAssignment, names_by_user

from ..actions.allow import ALLOW
from ..actions.base import Action, Place
from ..actions.block import BLOCK
from ..actions.licenses import LICENSES
from ..actions.registry import offered
from ..models import User
from ..queries.filters import MUST_CHANGE, PASSWORD_EXPIRED
from ..queries.license_marks import marks_of
from ..services.expiry import temporary_password_expired
from ..telling_apart import told_apart
from .batches.coming_back import with_way_back
from .user_columns import CHOICES

# Where a line may break in what German writes as one word: Abrechnungsadministrator.
COMPOUND = re.compile(r"(?<=\w)(?=administrator)")
HELD = Query(
    lambda customer, users: (
        LicenseAssignment.objects.live().filter(user__among=users).named(customer)
    )
)


@dataclass(frozen=True, slots=True)
class State:
    tone: str
    label: str


@dataclass(frozen=True, slots=True)
class UserRow:
    pk: int
    select: str
    is_selected: bool
    url: str
    display_name: str
    user_name: str
    licenses: tuple[str, ...]
    permissions: str
    sign_in: State
    added: str
    signed_in: str = ""
    department: str = ""
    job_title: str = ""
    office: str = ""
    location: str = ""
    # By the name of the action, where it is asked for.
    quick: Sequence[tuple[Action, str]] = ()


def user_rows(
    users: Sequence[User],
    customer: Customer,
    *,
    base_url: str,
    selected: Collection[int],
    shown: Collection[str] = tuple(CHOICES),
    quick: "QuickActions | None" = None,
) -> list[UserRow]:
    """Return rows with one query for all licenses; words that many share are made once.

    Licenses, which cost a query, are left out where they are not shown.
    """
    products: dict[int, list[str]] = {}
    if "licenses" in shown:
        ids = [user.pk for user in users]
        [held] = send(HELD(customer.pk, ids))
        products = names_by_user(held.rows, marks_of(customer, ids).in_list())
    states = _states()
    language, zone = get_language(), timezone.get_current_timezone()
    select, never = _("Select %(name)s"), _("Never")
    permissions: dict[str, str] = {}
    rows = []
    names = told_apart((user.display_name, user.user_name) for user in users)
    for user, name in zip(users, names, strict=True):
        roles = user.__dict__["role_names"] or ""
        if roles not in permissions:
            permissions[roles] = COMPOUND.sub("\u00ad", ", ".join(user.permission_labels()))
        rows.append(
            UserRow(
                pk=user.pk,
                select=select % {"name": name},
                is_selected=user.pk in selected,
                url=f"{base_url}{user.pk}/",
                display_name=user.display_name,
                user_name=user.user_name,
                licenses=tuple(products.get(user.pk, ())),
                permissions=permissions[roles],
                sign_in=_to_start(user) or states[_state_of(user)],
                added=_day(user.added_at, zone, language),
                signed_in=_day(user.last_login, zone, language) if user.last_login else never,
                department=user.department,
                job_title=user.job_title,
                office=user.office,
                location=country_name(user.__dict__["usage_location"], language),
                quick=quick.of(user) if quick else (),
            )
        )
    return rows


class QuickActions:
    """What the rows of a list offer to be done every day, as far as the actor's roles go."""

    def __init__(self, customer: Customer, actor: User, *, back: str) -> None:
        # The addresses of all rows are alike but for the user: one who can't be stands for them.
        nobody = User(pk=LARGEST_ID, customer=customer)
        self.actions = []
        for action in offered(Place.USERS, actor):
            if action.everyday and action is not LICENSES:
                whole = with_way_back(action.url_for(nobody), back)
                before, _here, after = whole.partition(str(LARGEST_ID))
                limited = actor.reach(action.capability) == Reach.LIMITED
                self.actions.append((action, before, after, limited))
        self.actor = actor.pk

    def of(self, user: User) -> list[tuple[Action, str]]:
        """Return the actions on this user, each with the address that asks once more."""
        needless = BLOCK if user.blocked_at else ALLOW
        return [
            (action, f"{before}{user.pk}{after}")
            for action, before, after, limited in self.actions
            if action is not needless
            and not (user.pk == self.actor and action.not_self)
            and not (limited and user.is_administrator)
        ]


def _day(moment: datetime, zone: tzinfo, language: str | None) -> str:
    return worded(moment.astimezone(zone).date(), "DATE_FORMAT", language)


@lru_cache(maxsize=8192)
def worded(moment: date, form: str, language: str | None) -> str:
    """Return a day, or a naive moment of the viewer's clock, in words of the language in use.

    Ten years of days are few, and a page of moments is looked at more than once.
    """
    return date_format(moment, form)


@lru_cache(maxsize=2048)
def country_name(code: str, language: str | None) -> str:
    """Return the name of a country in the language in use, of which its package makes an object."""
    return str(Country(code).name)


def sign_in_state(user: User) -> State:
    return _to_start(user) or _states()[_state_of(user)]


def _to_start(user: User) -> State | None:
    """Return the state of who is not blocked and has the first day still before them."""
    if user.blocked_at or not user.is_to_start or user.starts_on is None:
        return None
    day = worded(user.starts_on, "DATE_FORMAT", get_language())
    return State("neutral", _("Starts on %(date)s") % {"date": day})


def _states() -> dict[str, State]:
    return {
        "blocked": State("danger", _("Blocked")),
        "expired": State("warning", str(PASSWORD_EXPIRED)),
        "temporary": State("info", str(MUST_CHANGE)),
        "allowed": State("success", _("Allowed")),
    }


def _state_of(user: User) -> str:
    if user.blocked_at:
        return "blocked"
    if temporary_password_expired(user):
        return "expired"
    return "temporary" if user.must_change_password else "allowed"
