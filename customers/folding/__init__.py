"""One form of a name for all its spellings: what searches compare, in lists and in the log.

`fold` is made of texts that are stored, and of the words that are looked for in them. Where names
stay as they were written, as in the log, `has_words` finds what fold would find.
"""

from .letters import APOSTROPHES, fold, folded_words
from .patterns import has_word, has_words

__all__ = ["APOSTROPHES", "fold", "folded_words", "has_word", "has_words"]
