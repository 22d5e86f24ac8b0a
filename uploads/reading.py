"""How a file was read: what was answered, what its columns mean, and what is told of it.

An upload keeps it as JSON. What has not been said yet is None, and is not written; what a version
of before has not written has its default.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self, TypedDict

from django.db import models

from customers.said import retold, retold_in, words_in

from .spreadsheets import Answers

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.expressions import Expression


# What sentences are told in, in the reader's language.
TOLD = ("choices", "described", "notes", "changed")


class ChoiceShown(TypedDict):
    """One way to read the file; `sample` has rows read so."""

    value: str
    label: str
    sample: list[list[str]]


class ChangedRow(TypedDict):
    """A row that is not what was confirmed: its outcome was and is now, and why."""

    number: int
    was: str
    now: str
    why: str


class RepairAction(StrEnum):
    USE = "use"
    REPLACE = "replace"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Repair:
    """What is done to the wrong rows of one cause ("": of any), or to those with `value` alone.

    `text` replaces the cell; where the domain is not the customer's, what follows the @.
    """

    action: RepairAction
    cause: str = ""
    value: str | None = None
    text: str = ""

    @property
    def column(self) -> str:
        return self.cause.partition(" ")[0]


@dataclass(slots=True)
class Reading:
    """What is known of a file, by and by.

    `before` are the answers to which it goes back where the last ones lead nowhere. `question` is
    what is asked, `choices` what can be answered. Columns are fields by place, "" for one that is
    ignored; what was chosen for them is kept by sheet. `sheet` is "" of a file that has none, and
    None before it was read.
    """

    answers: Answers = field(default_factory=Answers)
    before: Answers | None = None
    question: str | None = None
    choices: list[ChoiceShown] = field(default_factory=list)
    # What the headings stand for.
    headings: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    chosen_by_sheet: dict[str, list[str]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    secret: list[str] = field(default_factory=list)
    export: str = ""
    decided: list[str] = field(default_factory=list)
    proposed: list[int] = field(default_factory=list)
    # How it was read, and in which other ways it could be.
    described: str = ""
    notes: list[str] = field(default_factory=list)
    sheet: str | None = None
    sheets: list[str] = field(default_factory=list)
    hides_passwords: bool = False
    hidden_rows: int = 0
    hidden_columns: int = 0
    code_page: str = ""
    former_sheet: str = ""
    former_code_page: str = ""
    # The rows are there, and the file is kept for another reading.
    is_read: bool = False
    # A page has shown the rows of one version; another one is another page.
    version: int = 0
    # Rows that are not what was confirmed, some of them one by one.
    changed: list[ChangedRow] = field(default_factory=list)
    changed_count: int = 0
    # What a worker is to repair, on a page of which version; and how many rows were last repaired,
    # by which RepairAction.
    repair: Repair | None = None
    repaired: int | None = None
    repaired_by: str = ""

    @property
    def has_been_read(self) -> bool:
        return self.sheet is not None

    def forget_quotes(self) -> None:
        """Drop what is quoted of the rows, which is about users."""
        self.choices, self.changed, self.changed_count, self.notes = [], [], 0, []
        self.repair = self.repaired = None

    def touch(self) -> None:
        """Say that the rows are others than a page has shown before."""
        self.version += 1
        self.repaired = None

    def tell_repaired(self, count: int, action: RepairAction) -> None:
        """Say on the page how many rows were repaired, until they are others again."""
        self.repaired, self.repaired_by = count, action.value

    def as_json(self) -> dict[str, Any]:
        """Return what is kept, and beside it the words of what is told."""
        kept = {name: value for name, value in asdict(self).items() if value is not None}
        said = words_in({name: kept[name] for name in TOLD if name in kept})
        return kept | {"said": said} if said else kept

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        """Return what was kept. What no version knows is left out, as after a step back."""
        known = {each.name: found[each.name] for each in fields(cls) if each.name in found}
        known |= retold_in({name: known[name] for name in TOLD if name in known}, found.get("said"))
        for name in ("answers", "before"):
            if name in known:
                known[name] = Answers(**known[name])
        if "repair" in known:
            action = RepairAction(known["repair"]["action"])
            known["repair"] = Repair(**known["repair"] | {"action": action})
        return cls(**known)


class ToldField(models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]):
    """What is told of a row, each with its words in `text_said`: its text is the reader's."""

    def deconstruct(self) -> Any:
        """Return the field of JSON that the table has: a migration needs to know no more."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def from_db_value(
        self, value: str | None, expression: "Expression", connection: "BaseDatabaseWrapper"
    ) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = super().from_db_value(value, expression, connection) or []
        for each in found:
            if "text_said" in each:
                each["text"] = retold(each["text"], each["text_said"])
        return found


class ReadingField(models.JSONField[Reading, Reading]):
    """A Reading, kept as JSON."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"default": Reading, **kwargs})

    def deconstruct(self) -> Any:
        """Return the field of JSON that the table has: a migration needs to know no more."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs | {"default": dict}

    def from_db_value(
        self, value: str | None, expression: "Expression", connection: "BaseDatabaseWrapper"
    ) -> Reading:
        return Reading.from_json(super().from_db_value(value, expression, connection) or {})

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(value.as_json() if isinstance(value, Reading) else value)

    def value_to_string(self, obj: models.Model) -> Any:
        reading: Reading = self.value_from_object(obj)
        return reading.as_json()
