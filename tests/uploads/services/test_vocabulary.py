"""The words of a cell for permissions, subscriptions and services."""

import pytest

from accounts.widgets import Suggested
from customers.roles import CUSTOMER_ROLES, Role
from licensing.models import Subscription, SubscriptionStatus
from tests.factories import ProductFactory, SubscriptionFactory
from tests.support.cast import Cast
from uploads.services import World
from uploads.services.vocabulary import parts, read_roles, read_services_off, read_subscriptions


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("", []),
        (" ; \n", []),
        ("Mail", ["Mail"]),
        ("Mail; Word ;Files", ["Mail", "Word", "Files"]),
        ("Mail\r\nWord", ["Mail", "Word"]),
        ("Phone,  Basic", ["Phone, Basic"]),
    ],
)
def test_a_cell_is_split_at_semicolons_and_lines(cell: str, expected: list[str]) -> None:
    assert parts(cell) == expected


@pytest.mark.parametrize(
    ("cell", "roles"),
    [
        ("User", ()),
        ("user", ()),
        ("", ()),
        ("Global administrator", (Role.GLOBAL_ADMIN,)),
        ("GLOBAL ADMIN", (Role.GLOBAL_ADMIN,)),
        ("Password administrator", (Role.PASSWORD_ADMIN,)),
        ("billing", (Role.BILLING_ADMIN,)),
        ("License administrator, Password admin", (Role.LICENSE_ADMIN, Role.PASSWORD_ADMIN)),
        ("Limited administrator: user", (Role.USER_ADMIN,)),
        ("Limited administrator (Service)", (Role.SERVICE_ADMIN,)),
        ("Limited administrator; Billing", (Role.BILLING_ADMIN,)),
        ("User; Billing administrator", (Role.BILLING_ADMIN,)),
        ("Global administrator; Billing administrator", (Role.GLOBAL_ADMIN,)),
    ],
)
def test_permissions_are_read_as_people_write_them(cell: str, roles: tuple[Role, ...]) -> None:
    assert set(read_roles(cell)) == set(roles)


@pytest.mark.parametrize("role", CUSTOMER_ROLES)
def test_every_role_is_read_by_its_own_name(role: Role) -> None:
    assert read_roles(role.value) == (role,)


def test_roles_come_in_one_order_however_they_are_written() -> None:
    assert read_roles("Password; Billing") == read_roles("Billing; Password; billing")


def test_a_limited_administrator_needs_an_area() -> None:
    with pytest.raises(ValueError, match="Say for what"):
        read_roles("Limited administrator")


@pytest.mark.parametrize(
    ("cell", "suggestion"),
    [
        ("Globel administrator", "Global administrator"),
        ("usr", "User"),
        ("Emperor of everything", ""),
    ],
)
def test_an_unknown_permission_comes_with_the_nearest(cell: str, suggestion: str) -> None:
    with pytest.raises(Suggested, match="is not a permission") as caught:
        read_roles(cell)
    assert caught.value.suggestion == suggestion


def test_an_unknown_word_is_quoted_in_part() -> None:
    with pytest.raises(ValueError, match="is not a permission") as caught:
        read_roles("x" * 5_000)
    assert "x" * 80 in str(caught.value)
    assert "x" * 81 not in str(caught.value)


@pytest.fixture
def mail(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Mail, Basic", sku="MAIL-1", plans=["POP", "CHAT"])
    return SubscriptionFactory.create(customer=cast.contoso, product=product)


@pytest.fixture
def word(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Word", sku="WORD-1", plans=["EDIT", "CHAT"])
    return SubscriptionFactory.create(customer=cast.contoso, product=product)


def world(cast: Cast) -> World:
    return World.of(cast.contoso, cast.alice)


def test_subscriptions_are_named_by_product_or_sku(
    cast: Cast, mail: Subscription, word: Subscription
) -> None:
    known = world(cast)
    assert read_subscriptions("mail, basic; WORD-1", known) == {mail.pk: (), word.pk: ()}
    assert read_subscriptions("Word; word", known) == {word.pk: ()}
    assert read_subscriptions(";", known) == {}


def test_an_unknown_subscription_comes_with_the_nearest(cast: Cast, word: Subscription) -> None:
    with pytest.raises(Suggested, match="no subscription named Wrod") as caught:
        read_subscriptions("Wrod", world(cast))
    assert caught.value.suggestion == "Word"
    with pytest.raises(Suggested) as caught:
        read_subscriptions("Spreadsheets", world(cast))
    assert caught.value.suggestion == ""


def test_a_product_that_was_not_bought_is_told_apart_from_an_unknown_one(cast: Cast) -> None:
    ProductFactory.create(name="Files", sku="FILES-1")
    for name in ("files", "Files-1"):
        with pytest.raises(ValueError, match="has no subscription to Files"):
            read_subscriptions(name, world(cast))


def test_a_suspended_subscription_is_to_be_resumed_first(cast: Cast, word: Subscription) -> None:
    word.status = SubscriptionStatus.SUSPENDED
    word.save(update_fields=["status"])
    with pytest.raises(ValueError, match=r"(?i)resume"):
        read_subscriptions("Word", world(cast))


def test_services_are_named_alone_or_behind_their_product(
    cast: Cast, mail: Subscription, word: Subscription
) -> None:
    known, both = world(cast), [mail.pk, word.pk]
    assert read_services_off("pop; Edit", both, known) == {mail.pk: ("POP",), word.pk: ("EDIT",)}
    assert read_services_off("Word: chat", both, known) == {word.pk: ("CHAT",)}
    assert read_services_off("MAIL-1:Chat; POP; pop", both, known) == {mail.pk: ("CHAT", "POP")}
    assert read_services_off("Chat", [mail.pk], known) == {mail.pk: ("CHAT",)}


def test_a_service_of_several_products_needs_its_product(
    cast: Cast, mail: Subscription, word: Subscription
) -> None:
    with pytest.raises(ValueError, match="Mail, Basic · Word"):
        read_services_off("Chat", [mail.pk, word.pk], world(cast))


def test_a_service_that_the_row_lacks_comes_with_the_nearest(
    cast: Cast, mail: Subscription, word: Subscription
) -> None:
    known = world(cast)
    with pytest.raises(Suggested, match="has a service named Edit"):
        read_services_off("Edit", [mail.pk], known)
    with pytest.raises(Suggested) as caught:
        read_services_off("Edti", [word.pk], known)
    assert caught.value.suggestion == "edit"


def test_services_of_a_subscription_that_ended_meanwhile_are_none(
    cast: Cast, word: Subscription
) -> None:
    with pytest.raises(Suggested):
        read_services_off("Edit", [word.pk + 1], world(cast))
