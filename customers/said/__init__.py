"""Sentences that can be said in another language later: a reason is read by others, too.

Who writes down why something was not done takes its texts from here, by the names that Django has
for them; the columns that keep them are SaidField's.
"""

from .columns import SaidField
from .sentences import (
    BESIDE,
    Said,
    Words,
    cleaned,
    columns_of,
    country,
    cut,
    day,
    figure,
    gettext,
    gettext_lazy,
    joined,
    joined_lazy,
    moment,
    ngettext,
    ngettext_lazy,
    pgettext,
    pgettext_lazy,
    plain,
    retold,
    retold_in,
    retold_row,
    words_beside,
    words_in,
    words_of,
)

__all__ = [
    "BESIDE",
    "Said",
    "SaidField",
    "Words",
    "cleaned",
    "columns_of",
    "country",
    "cut",
    "day",
    "figure",
    "gettext",
    "gettext_lazy",
    "joined",
    "joined_lazy",
    "moment",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "plain",
    "retold",
    "retold_in",
    "retold_row",
    "words_beside",
    "words_in",
    "words_of",
]
