"""Giving and taking licenses: what is wanted, what comes of it for whom, and the doing of it."""

from .changing import change_licenses
from .planning import LicenseChange, Shares, Step, check_rules, check_seats, plan, problems_of
from .taking import take_all_licenses
from .writing import items_of, write_steps

__all__ = [
    "LicenseChange",
    "Shares",
    "Step",
    "change_licenses",
    "check_rules",
    "check_seats",
    "items_of",
    "plan",
    "problems_of",
    "take_all_licenses",
    "write_steps",
]
