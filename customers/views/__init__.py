from .activity import ActivityBatchView, ActivityListView
from .activity_export import ActivityExportView, AllActivityExportView, AllActivityView
from .customers import CustomerAccountView, CustomerAddView, CustomerDetailView, CustomerListView
from .domains import DomainAddView, DomainPrimaryView, DomainRemoveView
from .favorites import FavoriteView

__all__ = [
    "ActivityBatchView",
    "ActivityExportView",
    "ActivityListView",
    "AllActivityExportView",
    "AllActivityView",
    "CustomerAccountView",
    "CustomerAddView",
    "CustomerDetailView",
    "CustomerListView",
    "DomainAddView",
    "DomainPrimaryView",
    "DomainRemoveView",
    "FavoriteView",
]
