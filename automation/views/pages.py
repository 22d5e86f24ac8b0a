"""What pages of one customer have in common that ask once more, and show what was wrong."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.generic import TemplateView

from accounts.models import User
from customers.tenancy import CustomerScopeMixin


class PageMixin(CustomerScopeMixin, TemplateView):
    """A page that a handler shows with what it has found, such as a form."""

    @property
    def actor(self) -> User:
        return self.request.user

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page()

    def page(self, **context: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**context))
