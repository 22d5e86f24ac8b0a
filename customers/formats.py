"""Figures, lists and common sentences as pages write them, in the language of the reader."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.functional import lazy

from .said import figure as figure  # noqa: PLC0414 - what pages know by this name
from .said import gettext as _
from .said import gettext_lazy, ngettext

if TYPE_CHECKING:
    from accounts.models import User

# So many sentences of a kind are told, and the others counted.
TOLD = 10


figure_lazy = lazy(figure, str)


def exact(moment: datetime) -> str:
    """Return a moment as ISO 8601 has it, in the viewer's time zone and with its offset."""
    return timezone.localtime(moment).isoformat(timespec="seconds")


# What the pages and doors of several apps say alike.
CANT_BE_UNDONE = gettext_lazy("This can't be undone.")
TO_WHOM = gettext_lazy("to whom or what")
IF_REMOVE = gettext_lazy("If the answer is Remove")
WITHOUT_ANSWER = gettext_lazy("Without an answer")
ENTER_DATE = gettext_lazy("Enter a date.")
ENTER_DATE_AHEAD = gettext_lazy("Enter a date such as 2027-03-31.")
ENTER_DATE_LIKE = gettext_lazy("Enter a date such as 2026-03-31.")
ENTER_NAME = gettext_lazy("Enter a name.")
FOR_ALL_CUSTOMERS = gettext_lazy("for all customers")
NEW_SECRET_ONCE = gettext_lazy(
    "The new secret is shown until you click Done, and then never again."
)
NO_SUCH_CUSTOMER = gettext_lazy("There is no such customer.")
NO_SUCH_USER = gettext_lazy("There is no such user.")
WITH_NUL = gettext_lazy("There is a NUL in it.")
PRICE_PER_SEAT = gettext_lazy("Price per seat and month")
NOTHING_TO_CHANGE = gettext_lazy("Nothing to save.")
NO_CHANGE_NEEDED = gettext_lazy("No change needed.")


def is_added(name: object) -> str:
    return _("%(name)s is added.") % {"name": name}


def is_on(name: object) -> str:
    return _("%(name)s is on.") % {"name": name}


def was_removed(name: object) -> str:
    return _("%(name)s was removed.") % {"name": name}


def name_of(user: "User | None") -> str:
    """Return who did it, also where the account is no longer there."""
    return user.display_name if user else _("a former user")


def first_and_more(first: object, more: int) -> str:
    """Return the first name, and how many further ones there are."""
    if not more:
        return str(first)
    text = ngettext("%(name)s and %(count)s more", "%(name)s and %(count)s more", more)
    return text % {"name": first, "count": figure(more)}


def users_updated(count: int) -> str:
    text = ngettext("%(count)s user updated.", "%(count)s users updated.", count)
    return text % {"count": figure(count)}


def users_not_changed(count: int) -> str:
    text = ngettext("%(count)s user was not changed.", "%(count)s users were not changed.", count)
    return text % {"count": figure(count)}


def users_already_so(count: int) -> str:
    """Return how many users were as asked for before."""
    text = ngettext("%(count)s user needed no change.", "%(count)s users needed no change.", count)
    return text % {"count": figure(count)}


def clash_text(value: str, *, is_merged: bool = False) -> str:
    """Return the sentence at a field that someone else has changed to this meanwhile; `is_merged`
    where the field shows the changes of both.
    """
    text = _(
        "Someone else changed this to “%(value)s” while you were editing. Save again to replace it."
    )
    if is_merged:
        text = _(
            "Someone else changed this to “%(value)s” while you were editing. Both changes are"
            " shown here. Save again to keep them."
        )
    return text % {"value": value or "–"}


LOGO_CHANGED = gettext_lazy(
    "Someone else changed the logo while you were editing. Save again to replace it."
)
# A browser sends a file once.
LOGO_REPLACED = gettext_lazy(
    "Someone else changed the logo while you were editing. Choose yours again to replace it."
)


def added_already(name: object) -> str:
    """Return what the second of two clicks on Add is told."""
    return _("%(name)s was already added.") % {"name": name}


def names_and_more(names: str, more: int) -> str:
    """Return names that were listed, and how many are not."""
    return _("%(names)s and %(count)s more") % {"names": names, "count": figure(more)}


def first_of(sentences: Iterable[str]) -> list[str]:
    """Return the first ten sentences, and one that says how many more there are."""
    found = list(sentences)
    more = len(found) - TOLD
    if more <= 0:
        return found
    text = ngettext("%(count)s more like this.", "%(count)s more like these.", more)
    return [*found[:TOLD], text % {"count": figure(more)}]
