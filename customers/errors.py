from collections.abc import Generator, Mapping
from contextlib import contextmanager

from django.utils.functional import Promise

from .refusals import Status, status_of


class Refused(Exception):
    """A refusal by the rules, told to the user in a sentence; nothing was written.

    `code` says the same to a program, and never changes (docs/refusals.md has all of them);
    `field` is the name of the input that it is about, where there is one.
    """

    def __init__(self, message: str | Promise, *, code: str, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.field = field

    def __str__(self) -> str:
        return str(self.message)

    @property
    def status(self) -> Status:
        """Return the status that an answer over HTTP has."""
        return status_of(self.code)


@contextmanager
def told_to_others(name: str, words: Mapping[str, Promise]) -> Generator[None]:
    """Say what is refused to the user of this name in words for others, who read it.

    `words` are by the code of the refusal, and may name the user as %(name)s.
    """
    try:
        yield
    except Refused as refused:
        if refused.code in words:
            refused.message = str(words[refused.code]) % {"name": name}
        raise


class AlreadyDone(Exception):
    """A form that came twice: the first one did the work, and `batch` is its result."""

    def __init__(self, batch: object) -> None:
        super().__init__("already done")
        self.batch = batch
