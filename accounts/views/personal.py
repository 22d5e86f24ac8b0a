"""Export personal data: of a user, for who may manage that user; and of oneself."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from customers.requests import PortalView
from customers.roles import Capability
from customers.views.downloads import attached, file_name

from ..models import User
from ..services.personal import export_user
from .user import UserPageMixin


class UserDataView(UserPageMixin):
    http_method_names = ["get"]
    capability = Capability.MANAGE_USERS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        return _file_of(self.user, self.request.user)


class MeDataView(PortalView):
    http_method_names = ["get"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return _file_of(self.request.user, self.request.user)


def _file_of(user: User, actor: User) -> HttpResponseBase:
    text = export_user(user, actor=actor)
    response = StreamingHttpResponse(text, content_type="application/json")
    name = file_name(f"personal-data-{user.pk}", user.customer, ending="json")
    response.headers["Content-Disposition"] = attached(name)
    return response
