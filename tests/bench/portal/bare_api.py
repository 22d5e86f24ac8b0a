"""A bare API on the same models: ninja as its documentation begins, and nobody asked who calls."""

from uuid import UUID

from django.http import HttpRequest
from ninja import NinjaAPI, Schema

from accounts.models import User

api = NinjaAPI(urls_namespace="bare", docs_url=None)


class BareUser(Schema):
    uuid: UUID
    user_name: str
    display_name: str
    first_name: str
    last_name: str
    office_phone: str
    mobile_phone: str
    job_title: str
    department: str
    office: str
    alternate_email: str
    street: str
    city: str
    state: str
    postal_code: str


@api.get("/customers/{customer}/users", response=list[BareUser])
def list_users(request: HttpRequest, customer: UUID, size: int = 100) -> list[User]:
    users = User.objects.filter(customer__uuid=customer, deleted_at=None)
    return list(users.order_by("sort_name", "pk")[:size])
