"""Reads what Excel and its kin save, in flat memory, and asks rather than garble a name."""

from ..errors import FileRefused
from .opening import open_table
from .tables import Answers, Choice, Row, Table, Unclear

__all__ = ["Answers", "Choice", "FileRefused", "Row", "Table", "Unclear", "open_table"]
