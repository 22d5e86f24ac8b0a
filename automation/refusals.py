"""The codes of refusals of what is done on a date or by rule (customers.refusals)."""

from customers.refusals import Declared

REFUSALS: Declared = {}
