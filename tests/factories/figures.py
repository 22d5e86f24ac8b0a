from datetime import date

from factory import declarations
from factory.django import DjangoModelFactory

from accounts.models import UserMonth

from .customers import CustomerFactory


class UserMonthFactory(DjangoModelFactory[UserMonth]):
    """A month of a customer in which nobody came or went; a day of it is known, if not told."""

    class Meta:
        model = UserMonth

    customer = declarations.SubFactory(CustomerFactory)
    month = date(2026, 11, 1)
    first_day = declarations.SelfAttribute("month")
    last_day = declarations.SelfAttribute("month")
    users = 0
    peak = declarations.SelfAttribute("users")
    added = 0
    deleted = 0
    restored = 0
