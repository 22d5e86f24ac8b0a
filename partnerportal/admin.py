from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class SupportSite(AdminSite):
    site_header = _("Partner Portal support")
    site_title = _("Partner Portal support")
    index_title = _("Everything in the portal")
