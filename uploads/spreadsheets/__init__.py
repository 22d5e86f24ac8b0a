"""Reads what Excel and its kin save, in flat memory, and asks rather than garble a name."""

from ..errors import FileRefused
from .flaws import Flaw, flaw_of
from .keeping import kept
from .kinds import ALL, CODE_PAGES
from .opening import open_table
from .passwords import passwords_of, without_passwords
from .tables import COLUMN_LIMIT, Answers, Choice, Row, Table, Unclear

__all__ = [
    "ALL",
    "CODE_PAGES",
    "COLUMN_LIMIT",
    "Answers",
    "Choice",
    "FileRefused",
    "Flaw",
    "Row",
    "Table",
    "Unclear",
    "flaw_of",
    "kept",
    "open_table",
    "passwords_of",
    "without_passwords",
]
