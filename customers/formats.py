"""How pages write what they count, in the language of whoever reads."""

from django.utils.formats import number_format


def figure(number: int) -> str:
    return number_format(number, force_grouping=True)
