from .applications import (
    Application,
    ApplicationCustomer,
    ApplicationPlan,
    ApplicationQuerySet,
    Claim,
    Icon,
)
from .logouts import Logout, LogoutQuerySet, LogoutState
from .provisioning import (
    Leaving,
    Provision,
    Provisioning,
    ProvisioningQuerySet,
    ProvisionQuerySet,
    ProvisionState,
)
from .sessions import AppSession, AppSessionQuerySet

__all__ = [
    "AppSession",
    "AppSessionQuerySet",
    "Application",
    "ApplicationCustomer",
    "ApplicationPlan",
    "ApplicationQuerySet",
    "Claim",
    "Icon",
    "Leaving",
    "Logout",
    "LogoutQuerySet",
    "LogoutState",
    "Provision",
    "ProvisionQuerySet",
    "ProvisionState",
    "Provisioning",
    "ProvisioningQuerySet",
]
