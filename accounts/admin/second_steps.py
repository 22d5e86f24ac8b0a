"""Who has which second step; taking it away is Reset two-step sign-in, among the users."""

# By being imported before, allauth's own pages have registered themselves, and can be taken out.
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from customers.admin.base import ReadOnlyAdmin

admin.site.unregister((Authenticator, UserSession))
# allauth leaves these to Django, which makes English of the name of the class.
Authenticator._meta.verbose_name = _("authenticator")
Authenticator._meta.verbose_name_plural = _("authenticators")


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyAdmin):
    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
    search_fields = ("user__user_name", "user__display_name")
    ordering = ("-id",)
    # Sealed, and of no use to look at.
    hidden = ("data",)
