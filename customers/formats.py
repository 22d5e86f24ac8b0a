"""Figures as the reader's language writes them."""

from django.utils.formats import number_format


def figure(number: int) -> str:
    return number_format(number, force_grouping=True)
