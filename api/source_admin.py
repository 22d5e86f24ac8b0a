"""Sources as support staff see them: all of it read-only."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from customers.admin.base import ReadOnlyAdmin
from customers.log.history import field_label

from .models import ScimLink, Source, SourceRefusal
from .scim.fields import KEPT


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin):
    """Its customer's Global administrators and the partner look after a source."""

    list_display = ("name", "customer", "takes_over", "subscription", "made_by", "created_at")
    list_filter = ("takes_over",)
    list_select_related = ("customer", "subscription__product", "made_by")
    search_fields = ("name", "customer__name")
    ordering = ("-id",)


@admin.register(ScimLink)
class ScimLinkAdmin(ReadOnlyAdmin):
    """Whom a source keeps, and which fields it has told."""

    list_display = ("user", "source", "customer", "external_id", "version", "created_at")
    list_select_related = ("user", "source", "customer")
    search_fields = ("user__user_name", "external_id", "source__name", "customer__name")
    ordering = ("-id",)

    @admin.display(description=_("fields"))
    def fields_in_words(self, link: ScimLink) -> str:
        found = [field_label(name) for name in KEPT if name in link.fields]
        return ", ".join(found) or self.get_empty_value_display()


@admin.register(SourceRefusal)
class SourceRefusalAdmin(ReadOnlyAdmin):
    list_display = ("source", "customer", "doing", "user_name", "sentence", "times", "last_at")
    counts = ("times",)
    list_filter = ("doing",)
    list_select_related = ("source", "customer")
    search_fields = ("user_name", "code", "source__name", "customer__name")
    ordering = ("-id",)
