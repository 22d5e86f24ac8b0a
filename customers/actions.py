"""The names of everything that the activity log can hold."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    CUSTOMER_ADDED = "customer.added", _("Customer added")
    CUSTOMER_CHANGED = "customer.changed", _("Customer changed")
    DOMAIN_ADDED = "domain.added", _("Domain added")
    DOMAIN_REMOVED = "domain.removed", _("Domain removed")
    DOMAIN_PRIMARY = "domain.primary", _("Primary domain changed")
    USER_ADDED = "user.added", _("User added")
    USER_CHANGED = "user.changed", _("User changed")
    USER_BLOCKED = "user.blocked", _("Sign-in blocked")
    USER_ALLOWED = "user.allowed", _("Sign-in allowed")
    USER_DELETED = "user.deleted", _("User deleted")
    USER_RESTORED = "user.restored", _("User restored")
    USER_REMOVED = "user.removed", _("User deleted permanently")
    PASSWORD_RESET = "password.reset", _("Password reset")
    PASSWORD_CHANGED = "password.changed", _("Password changed")
    LICENSE_ASSIGNED = "license.assigned", _("License assigned")
    LICENSE_REVOKED = "license.revoked", _("License revoked")
    LICENSE_SERVICES = "license.services", _("Services changed")
    SUBSCRIPTION_ADDED = "subscription.added", _("Subscription added")
    SUBSCRIPTION_SEATS = "subscription.seats", _("Seats changed")
    SUBSCRIPTION_SUSPENDED = "subscription.suspended", _("Subscription suspended")
    SUBSCRIPTION_RESUMED = "subscription.resumed", _("Subscription resumed")
    SUBSCRIPTION_CANCELED = "subscription.canceled", _("Subscription canceled")
    PRODUCT_CHANGED = "product.changed", _("Product changed")
    SHEET_SHOWN = "sheet.shown", _("Passwords shown")
    SHEET_PRINTED = "sheet.printed", _("Passwords printed")
    SHEET_MAILED = "sheet.mailed", _("Passwords mailed")
    SHEET_DOWNLOADED = "sheet.downloaded", _("Passwords downloaded")
    SHEET_DESTROYED = "sheet.destroyed", _("Passwords destroyed")
    STAFF_CHANGED = "staff.changed", _("Staff changed")
