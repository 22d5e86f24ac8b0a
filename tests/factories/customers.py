from typing import Any

from factory import declarations
from factory.django import DjangoModelFactory

from customers.models import Customer, Domain, Partner
from customers.services.searching import renew_search_text


class PartnerFactory(DjangoModelFactory[Partner]):
    """With a primary domain, named by `domain`."""

    class Meta:
        model = Partner

    name = declarations.Sequence(lambda number: f"Partner {number}")
    country = "US"

    @classmethod
    def _create(cls, model_class: type[Partner], *args: Any, **kwargs: Any) -> Partner:
        name = kwargs.pop("domain", None)
        partner: Partner = super()._create(model_class, *args, **kwargs)
        DomainFactory.create(partner=partner, name=name or f"partner{partner.pk}.example")
        return partner


class CustomerFactory(DjangoModelFactory[Customer]):
    """With a primary domain, named by `domain`."""

    class Meta:
        model = Customer

    partner = declarations.SubFactory(PartnerFactory)
    name = declarations.Sequence(lambda number: f"Customer {number}")
    country = "US"
    contact_email = declarations.Sequence(lambda number: f"it{number}@mail.example")

    @classmethod
    def _create(cls, model_class: type[Customer], *args: Any, **kwargs: Any) -> Customer:
        name = kwargs.pop("domain", None)
        customer: Customer = super()._create(model_class, *args, **kwargs)
        DomainFactory.create(customer=customer, name=name or f"customer{customer.pk}.example")
        return customer


class DomainFactory(DjangoModelFactory[Domain]):
    """Of a `customer` or a `partner`; primary where it is the first one."""

    class Meta:
        model = Domain

    name = declarations.Sequence(lambda number: f"domain{number}.example")

    @classmethod
    def _create(cls, model_class: type[Domain], *args: Any, **kwargs: Any) -> Domain:
        owner = kwargs.get("customer") or kwargs["partner"]
        kwargs.setdefault("is_primary", not owner.domains.filter(is_primary=True).exists())
        domain: Domain = super()._create(model_class, *args, **kwargs)
        if domain.customer:
            renew_search_text(domain.customer)
        return domain
