"""Demo data: two partners, their customers, and what happened to them in the last two years."""

from .cast import CAST
from .companies import FABRIKAM, SMALLEST, companies
from .filling import Filled, fill

__all__ = ["CAST", "FABRIKAM", "SMALLEST", "Filled", "companies", "fill"]
