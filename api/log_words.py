"""What the log calls the values of a token: as the pages do that they are chosen on."""

from customers.log.history import also_read, read_moment

from .capability_words import label_of
from .models import TokenKind


def read_changes() -> None:
    also_read("capabilities", _capabilities)
    also_read("token_kind", _kind)
    also_read("ends_at", read_moment)


def _capabilities(text: str) -> str:
    return ", ".join(label_of(name) for name in text.split(", "))


def _kind(text: str) -> str:
    labels: dict[str, object] = dict(TokenKind.choices)
    return str(labels.get(text, text))
