from typing import Any

from django.utils import timezone
from factory import declarations
from factory.django import DjangoModelFactory

from automation.models import LicenseRequest, RequestKind

from .accounts import UserFactory
from .licensing import ProductFactory


class LicenseRequestFactory(DjangoModelFactory[LicenseRequest]):
    """An open request of a user for a license; for `seats` of so many, of that kind."""

    class Meta:
        model = LicenseRequest

    user = declarations.SubFactory(UserFactory)
    customer = declarations.SelfAttribute("user.customer")
    product = declarations.SubFactory(ProductFactory)
    made_at = declarations.LazyFunction(timezone.now)

    @classmethod
    def _create(cls, model_class: type[LicenseRequest], *args: Any, **kwargs: Any) -> Any:
        kind = RequestKind.SEATS if kwargs.get("seats") else RequestKind.LICENSE
        return super()._create(model_class, *args, **{"kind": kind, **kwargs})
