"""Tells by a file's first bytes what it is, whatever its name says."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from ..errors import FileRefused
from .delimited import open_delimited
from .tables import UNASKED, Answers, Table


@contextmanager
def open_table(
    file: BinaryIO,
    *,
    name: str,
    answers: Answers = UNASKED,
    row_limit: int,
    size_limit: int | None = None,
) -> Iterator[Table]:
    """Raises Unclear where a person has to say how it is meant, FileRefused where it is no table.

    The memory that it takes does not grow with the file.
    """
    _check_size(file, size_limit)
    with open_delimited(file, answers=answers, row_limit=row_limit) as table:
        yield table


def _check_size(file: BinaryIO, limit: int | None) -> None:
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        raise FileRefused(
            _("The file is empty. It needs a row of headings, and below it a row for each user.")
        )
    if limit is not None and size > limit:
        raise FileRefused(
            _(
                "The file has %(size)s, and at most %(limit)s can be taken. Split it, and upload"
                " one part after the other."
            )
            % {"size": filesizeformat(size), "limit": filesizeformat(limit)}
        )
