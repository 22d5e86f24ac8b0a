"""Reads what Excel and its kin save, in little memory, and asks rather than garble a name."""

from ..errors import FileRefused
from .decoding import find_encoding
from .flaws import MARKS, Flaw, flaw_of, kept_text
from .kinds import ALL, CODE_PAGES
from .opening import open_table
from .passwords import passwords_of, without_passwords
from .tables import COLUMN_LIMIT, ROW_LENGTH, Answers, Choice, Row, Table, Unclear

__all__ = [
    "ALL",
    "CODE_PAGES",
    "COLUMN_LIMIT",
    "MARKS",
    "ROW_LENGTH",
    "Answers",
    "Choice",
    "FileRefused",
    "Flaw",
    "Row",
    "Table",
    "Unclear",
    "find_encoding",
    "flaw_of",
    "kept_text",
    "open_table",
    "passwords_of",
    "without_passwords",
]
