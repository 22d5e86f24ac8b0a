"""The memory of the reports: what there was at the end of each day."""

from .filling import fill_customer, forget_figures, remember_figures

__all__ = ["fill_customer", "forget_figures", "remember_figures"]
