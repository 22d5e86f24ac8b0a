from .activity import ActivityBatchView, ActivityListView
from .activity_all import AllActivityExportView, AllActivityView
from .activity_export import ActivityExportView
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
