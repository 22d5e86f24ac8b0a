"""The pages of a partner's staff about what is the partner's own: team, catalog, applications."""

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.generic import TemplateView

from ..models import Partner
from ..tenancy import RoleMixin

if TYPE_CHECKING:
    from accounts.models import User

Row = TypeVar("Row", bound=models.Model)


class PartnerMixin(RoleMixin, TemplateView):
    """A page for staff of a partner; `self.partner` is theirs."""

    @property
    def actor(self) -> "User":
        return self.request.user

    @property
    def partner(self) -> Partner:
        partner = self.actor.partner
        if partner is None:
            raise Http404
        return partner

    def page(self, **context: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**context))


class PartnerRowMixin(PartnerMixin, Generic[Row]):
    """A page about one row of the partner's, `self.row`, whose id the address has as `named`."""

    named: ClassVar[str]
    row: Row

    def rows(self) -> "models.QuerySet[Row]":
        """Return the rows of the partner's: another's is a 404."""
        raise NotImplementedError

    def scope(self, **kwargs: Any) -> None:
        self.row = get_object_or_404(self.rows(), pk=kwargs[self.named])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page()
