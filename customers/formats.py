"""How figures stand in a sentence."""

from django.utils.formats import number_format
from django.utils.functional import lazy


def figure(number: int) -> str:
    """Return the number as the reader's language groups it."""
    # Every language writes small ones alike, and asking which takes ten times as long.
    return str(number) if 0 <= number < 1_000 else number_format(number, force_grouping=True)


figure_lazy = lazy(figure, str)
