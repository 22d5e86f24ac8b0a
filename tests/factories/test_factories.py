import pytest

from accounts.models import User
from customers.models import Customer
from customers.roles import Role
from licensing.models import LicenseAssignment
from tests.factories import (
    CustomerFactory,
    DomainFactory,
    ProductFactory,
    StaffFactory,
    SubscriptionFactory,
    UserFactory,
)
from tests.support.cast import Cast


def test_the_cast_is_who_it_says(cast: Cast) -> None:
    users = {
        user.user_name: (user.roles, str(user.customer or user.partner or ""))
        for user in User.objects.with_roles()
    }
    assert users == {
        "alice@fabrikam.example": ((Role.ACCOUNT_ADMIN,), "Fabrikam"),
        "bob@fabrikam.example": ((Role.HELPDESK_AGENT,), "Fabrikam"),
        "sally@fabrikam.example": ((Role.SALES_AGENT,), "Fabrikam"),
        "charlie@litware.example": ((Role.ACCOUNT_ADMIN,), "Litware"),
        "gail@contoso.example": ((Role.GLOBAL_ADMIN,), "Contoso"),
        "uma@contoso.example": ((), "Contoso"),
        "support@portal.example": ((), ""),
    }
    assert {c.name: c.active_users for c in Customer.objects.all()} == {
        "Contoso": 2,
        "Northwind": 0,
        "Adatum": 0,
    }
    assert cast.uma.check_password(cast.gives_password(cast.uma))


@pytest.mark.django_db
def test_users_come_with_domain_roles_and_counters() -> None:
    customer = CustomerFactory.create(domain="woodgrove.example")
    ann = UserFactory.create(
        customer=customer, local_part="Ann", roles=[Role.USER_ADMIN], password="x", temporary=True
    )
    gone = UserFactory.create(customer=customer, deleted=True)
    assert (ann.username, ann.user_name) == ("ann@woodgrove.example", "Ann@woodgrove.example")
    assert ann.check_password("x")
    assert ann.must_change_password
    assert ann.temporary_password_set_at is not None
    assert User.objects.get(pk=ann.pk).roles == (Role.USER_ADMIN,)
    assert (gone.username, gone.domain) == (None, None)
    assert (customer.active_users, customer.deleted_users) == (1, 1)


@pytest.mark.django_db
def test_only_the_first_domain_is_primary() -> None:
    customer = CustomerFactory.create(domain="woodgrove.example")
    DomainFactory.create(customer=customer, name="woodgrove.test")
    assert dict(customer.domains.values_list("name", "is_primary")) == {
        "woodgrove.example": True,
        "woodgrove.test": False,
    }


@pytest.mark.django_db
def test_staff_can_be_limited_to_customers() -> None:
    customer = CustomerFactory.create()
    CustomerFactory.create(partner=customer.partner)
    staff = StaffFactory.create(partner=customer.partner, only=[customer])
    assert list(Customer.objects.visible_to(staff)) == [customer]


@pytest.mark.django_db
def test_holders_have_licenses_and_the_seats_are_counted() -> None:
    users = UserFactory.create_batch(2, customer=CustomerFactory.create())
    base = ProductFactory.create(plans=["MAIL", "CHAT"])
    product = ProductFactory.create(requires=[base])
    subscription = SubscriptionFactory.create(
        customer=users[0].customer, product=product, holders=users
    )
    assert subscription.assigned == 2
    assert set(LicenseAssignment.objects.live().values_list("user", flat=True)) == {
        user.pk for user in users
    }
    assert sorted(base.plans.values_list("code", flat=True)) == ["CHAT", "MAIL"]
    assert list(product.requires.all()) == [base]
