from django.utils.functional import Promise


class Refused(Exception):
    """What the rules do not allow, said to the person in a sentence; nothing was written.

    `field` is the name of the input that it is about, where there is one.
    """

    def __init__(self, message: str | Promise, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)


class AlreadyDone(Exception):
    """The same form came twice: the first one did the work, and `batch` is its result."""

    def __init__(self, batch: object) -> None:
        super().__init__("already done")
        self.batch = batch
