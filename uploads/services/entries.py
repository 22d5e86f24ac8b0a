"""What a row of a file says, and what is wrong with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from accounts.columns import USER_NAME
from accounts.names import DISPLAY_NAME_LENGTH
from accounts.services.users import NewUser
from customers.models import Domain
from customers.roles import Role
from customers.said import words_of

from ..models import RowOutcome

# The columns of a file that are no detail of a user.
PERMISSIONS = "permissions"
SUBSCRIPTIONS = "subscriptions"
SERVICES_OFF = "services_off"
STARTS_ON = "starts_on"
APART = frozenset((USER_NAME, PERMISSIONS, SUBSCRIPTIONS, SERVICES_OFF, STARTS_ON))

# By subscription id, the codes of the plans that are off.
Licenses = dict[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one column of a row ("": in the row as such), and perhaps a right value.

    Rows with the same column and `cause` are summed up; the text may quote what one row says.
    """

    column: str
    text: str
    suggestion: str = ""
    cause: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return what a row keeps; the words of the text only where there are some."""
        kept = {name: getattr(self, name) for name in ("column", "text", "suggestion", "cause")}
        words = words_of(self.text)
        return kept if words is None else {**kept, "text_said": words}


@dataclass(slots=True)
class ReadRow:
    """A row, read. `values` are the details that are not empty; None where a row says nothing."""

    number: int
    user_name: str = ""
    # The user name as it is compared; "" where it can't be one.
    key: str = ""
    domain: Domain | None = None
    values: dict[str, str] = field(default_factory=dict)
    roles: tuple[Role, ...] | None = None
    licenses: Licenses | None = None
    # Those chosen for all rows, where the row says which of their services are off.
    default: Licenses | None = None
    problems: list[Problem] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)
    # The first day, where it is still to come.
    starts_on: date | None = None
    # The column that says that the user can't sign in.
    blocked_by: str = ""

    def wrong(self, column: str, text: str, suggestion: str = "", *, cause: str = "") -> None:
        self.problems.append(Problem(column, text, suggestion, cause))

    def note(self, column: str, text: str, suggestion: str = "", *, cause: str = "") -> None:
        """Say something of a cell; with a `cause` it is a warning, which is summed up."""
        self.notices.append(Problem(column, text, suggestion, cause))

    def warn_only(self, is_used: Callable[[str], bool]) -> None:
        """Take back the warnings of columns of which nothing is used."""
        self.notices[:] = [each for each in self.notices if not each.cause or is_used(each.column)]

    @property
    def warnings(self) -> set[str]:
        return {each.cause for each in self.notices if each.cause}

    def is_wrong(self, column: str) -> bool:
        return any(problem.column == column for problem in self.problems)

    @property
    def display_name(self) -> str:
        """Return the display name, or one of first and last name; "" where there is neither."""
        composed = " ".join(
            filter(None, (self.values.get("first_name"), self.values.get("last_name")))
        )
        return self.values.get("display_name") or composed[:DISPLAY_NAME_LENGTH]


@dataclass(frozen=True, slots=True)
class Change:
    """What a row changes of an existing user: fields and roles as [before, after]."""

    user_id: int
    fields: dict[str, list[str]] = field(default_factory=dict)
    roles: tuple[Role, ...] | None = None
    held: Licenses = field(default_factory=dict)
    # What the user holds afterwards; None: as it is.
    licenses: Licenses | None = None


@dataclass(slots=True)
class Verdict:
    """What becomes of a row, and what of the portal's it needs."""

    entry: ReadRow
    outcome: RowOutcome
    seats: Mapping[int, int] = field(default_factory=dict)
    user_id: int | None = None
    new: NewUser | None = None
    change: Change | None = None
