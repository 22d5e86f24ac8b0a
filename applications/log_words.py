"""What the log calls the values of an application: as the pages do that they are chosen on."""

from collections.abc import Callable

from django.db.models import TextChoices

from customers.log.history import also_read

from .models import Claim, Icon, Leaving


def read_changes() -> None:
    for name, choices in (("icon", Icon), ("leaving", Leaving), ("extra_claims", Claim)):
        also_read(name, _labels_of(choices))


def _labels_of(choices: type[TextChoices]) -> Callable[[str], str]:
    """Return what reads one value, or several with commas between them."""

    def read(text: str) -> str:
        labels: dict[str, object] = dict(choices.choices)
        return ", ".join(str(labels.get(value, value)) for value in text.split(", "))

    return read
