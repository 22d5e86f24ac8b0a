from .activity import ActivityExportView, ActivityListView
from .customers import CustomerAccountView, CustomerAddView, CustomerDetailView, CustomerListView
from .domains import DomainAddView, DomainPrimaryView, DomainRemoveView

__all__ = [
    "ActivityExportView",
    "ActivityListView",
    "CustomerAccountView",
    "CustomerAddView",
    "CustomerDetailView",
    "CustomerListView",
    "DomainAddView",
    "DomainPrimaryView",
    "DomainRemoveView",
]
