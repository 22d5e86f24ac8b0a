from typing import Any

from factory import declarations
from factory.django import DjangoModelFactory

from accounts.models import User
from api.models import Doing, ScimLink, Source, SourceRefusal
from customers.models import Customer
from customers.roles import Role

from .accounts import StaffFactory
from .customers import CustomerFactory


class SourceFactory(DjangoModelFactory[Source]):
    """With its machine user; it has no token."""

    class Meta:
        model = Source

    customer = declarations.SubFactory(CustomerFactory)
    name = declarations.Sequence(lambda number: f"Source {number}")

    @classmethod
    def _create(cls, model_class: type[Source], *args: Any, **kwargs: Any) -> Source:
        customer: Customer = kwargs["customer"]
        if "user" not in kwargs:
            user: User = StaffFactory.create(
                partner=customer.partner,
                display_name=kwargs["name"],
                roles=[Role.ADMIN_AGENT],
                is_machine=True,
                limited_to_customers=True,
            )
            user.allowed_customers.add(customer)
            kwargs["user"] = user
        source: Source = super()._create(model_class, *args, **kwargs)
        return source


class ScimLinkFactory(DjangoModelFactory[ScimLink]):
    """The link of a user to a source of the same customer."""

    class Meta:
        model = ScimLink

    source = declarations.SubFactory(SourceFactory)
    customer = declarations.SelfAttribute("source.customer")
    external_id = declarations.Sequence(lambda number: f"external-{number}")
    fields = declarations.LazyFunction(lambda: ["display_name", "first_name", "user_name"])


class SourceRefusalFactory(DjangoModelFactory[SourceRefusal]):
    class Meta:
        model = SourceRefusal

    source = declarations.SubFactory(SourceFactory)
    customer = declarations.SelfAttribute("source.customer")
    doing = Doing.CREATE
    user_name = declarations.Sequence(lambda number: f"user{number}@contoso.example")
    code = "user-name-taken"
    sentence = "This user name is taken. Choose another one."
