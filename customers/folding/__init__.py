"""One form of a name for all its spellings: what searches compare, in lists and in the log.

`fold` is made of texts that are stored, and of the words that are looked for in them. A name with
letters that are also written as two is stored in both ways (`spelled_out`): Mueller finds Müller.
Where names stay as they were written, as in the log, `has_words` finds what these would.
"""

from .letters import APOSTROPHES, HYPHENS, fold, folded_words, spelled_out
from .patterns import has_words
from .texts import Folds, customer_search_text, search_text

__all__ = [
    "APOSTROPHES",
    "HYPHENS",
    "Folds",
    "customer_search_text",
    "fold",
    "folded_words",
    "has_words",
    "search_text",
    "spelled_out",
]
