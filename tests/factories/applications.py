from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from allauth.idp.oidc.models import Client
from django.utils import timezone
from django.utils.crypto import get_random_string
from factory import declarations
from factory.django import DjangoModelFactory

from accounts.models import User
from applications.models import (
    Application,
    ApplicationCustomer,
    ApplicationPlan,
    AppSession,
    Logout,
    Provision,
    Provisioning,
)
from applications.models.sessions import new_sid
from applications.services.provisioning.tokens import seal_token
from customers.models import Customer
from licensing.models import ServicePlan

from .accounts import UserFactory
from .customers import PartnerFactory


class ApplicationFactory(DjangoModelFactory[Application]):
    """With a client, unless `with_client=False`.

    `only` are the customers that it is for (else all), `opened_by` the service plans that open it
    (else everyone may enter).
    """

    class Meta:
        model = Application

    partner = declarations.SubFactory(PartnerFactory)
    name = declarations.Sequence(lambda number: f"Application {number}")
    start_url = declarations.Sequence(lambda number: f"https://app{number}.example/")

    @classmethod
    def _create(cls, model_class: type[Application], *args: Any, **kwargs: Any) -> Application:
        only: Iterable[Customer] | None = kwargs.pop("only", None)
        plans: Iterable[ServicePlan] | None = kwargs.pop("opened_by", None)
        with_client: bool = kwargs.pop("with_client", True)
        kwargs.setdefault("all_customers", only is None)
        kwargs.setdefault("everyone", plans is None)
        application: Application = super()._create(model_class, *args, **kwargs)
        for customer in only or ():
            ApplicationCustomer.objects.create(application=application, customer=customer)
        for plan in plans or ():
            ApplicationPlan.objects.create(application=application, plan=plan)
        if with_client:
            application.client = Client.objects.create(
                id=get_random_string(24), name=application.name, skip_consent=True
            )
            application.save(update_fields=["client"])
        return application


class AppSessionFactory(DjangoModelFactory[AppSession]):
    """A sign-in of a `user` to an `application`, which stands."""

    class Meta:
        model = AppSession

    application = declarations.SubFactory(ApplicationFactory)
    user = declarations.SubFactory(UserFactory)
    epoch = declarations.LazyAttribute(lambda session: session.user.session_epoch)
    auth_time = last_used_at = declarations.LazyFunction(timezone.now)


class LogoutFactory(DjangoModelFactory[Logout]):
    """A session of a `user` of an `application` that has ended, of which nobody was told yet."""

    class Meta:
        model = Logout

    application = declarations.SubFactory(ApplicationFactory)
    sid = declarations.LazyFunction(new_sid)

    @classmethod
    def _create(cls, model_class: type[Logout], *args: Any, **kwargs: Any) -> Logout:
        made: Logout = super()._create(model_class, *args, **_of(kwargs.pop("user")), **kwargs)
        return made


class ProvisioningFactory(DjangoModelFactory[Provisioning]):
    """Where an `application` takes accounts: at an `address`, with the token "secret"; started."""

    class Meta:
        model = Provisioning

    application = declarations.SubFactory(ApplicationFactory)
    address = "https://chat.example/scim/v2"
    host = declarations.LazyAttribute(lambda row: urlsplit(row.address).netloc)
    sealed_token = declarations.LazyFunction(lambda: seal_token("secret"))
    is_on = True


class ProvisionFactory(DjangoModelFactory[Provision]):
    """The account of a `user` in an `application`, which waits to be made."""

    class Meta:
        model = Provision

    application = declarations.SubFactory(ApplicationFactory)

    @classmethod
    def _create(cls, model_class: type[Provision], *args: Any, **kwargs: Any) -> Provision:
        made: Provision = super()._create(model_class, *args, **_of(kwargs.pop("user")), **kwargs)
        return made


def _of(user: User) -> dict[str, Any]:
    """What is kept of a user, so that it may outlive them."""
    return {"customer": user.customer, "user_id": user.pk, "user_uuid": user.uuid}
