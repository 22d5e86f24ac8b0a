"""Users as rows of a file: the admin's columns, the upload's columns, cells cleaned."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.columns import COLUMNS
from accounts.models import User
from accounts.resources import CustomerUserResource, UserResource
from customers.roles import Role
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory, assign
from tests.support.cast import Cast

APART = {"status_update"}


def exported(users: list[User]) -> list[dict[str, str]]:
    rows = User.objects.with_roles().select_related("customer__partner", "partner", "domain")
    found = rows.filter(pk__in=[user.pk for user in users]).order_by("pk")
    return list(UserResource().export(found).dict)


def test_the_admins_file_says_whose_each_user_is(cast: Cast) -> None:
    rows = {row["User Name"]: row for row in exported([cast.uma, cast.alice, cast.support])}
    of_uma, of_alice = rows["uma@contoso.example"], rows["alice@fabrikam.example"]
    assert (of_uma["Partner"], of_uma["Customer"]) == ("Fabrikam", "Contoso")
    assert (of_alice["Partner"], of_alice["Customer"]) == ("Fabrikam", "")
    assert (rows[cast.support.user_name]["Partner"], of_alice["Permissions"]) == (
        "",
        Role.ACCOUNT_ADMIN.value,
    )


def test_no_secret_is_a_column(cast: Cast) -> None:
    [row] = exported([cast.uma])
    told = {heading.lower() for heading in row}
    assert not {heading for heading in told if "password" in heading or "token" in heading}


def test_the_customers_file_has_the_uploads_columns_in_their_order(cast: Cast) -> None:
    headings = CustomerUserResource(cast.contoso).get_export_headers()
    assert headings == [column.heading for name, column in COLUMNS.items() if name not in APART]


def rows_of(cast: Cast, *users: User) -> list[dict[str, str]]:
    resource = CustomerUserResource(cast.contoso)
    found = User.objects.with_roles().filter(pk__in=[user.pk for user in users]).order_by("pk")
    headings = resource.get_export_headers()
    return [dict(zip(headings, row, strict=True)) for row in resource.rows(list(found))]


def test_a_row_can_be_read_back(cast: Cast) -> None:
    product = ProductFactory.create(name="Teams", plans=["CHAT", "CALLS"])
    teams = SubscriptionFactory.create(customer=cast.contoso, product=product)
    user = UserFactory.create(
        customer=cast.contoso,
        first_name="Zoë",
        country="DE",
        department="Sales",
        roles=[Role.USER_ADMIN, Role.LICENSE_ADMIN],
    )
    assign(teams, user, services_off=["CALLS"])
    [row] = rows_of(cast, user)
    assert (row["First Name"], row["Department"]) == ("Zoë", "Sales")
    assert (row["Country or Region"], row["Usage location"]) == ("DE", "US")
    assert set(row["Permissions"].split("; ")) == {role.value for role in user.roles}
    assert row["Subscriptions"] == "Teams"
    assert row["Services off"] == "CALLS"


def test_what_is_not_set_is_an_empty_cell_and_no_word_none(cast: Cast) -> None:
    [row] = rows_of(cast, cast.uma)
    assert row["Permissions"] == "User"
    empty = {"Country or Region", "Subscriptions", "Services off", "Fax", "Alternate email address"}
    assert {row[heading] for heading in empty} == {""}
    assert all(isinstance(cell, str) for cell in row.values())


def test_users_are_rows_in_the_order_given_and_none_are_none(cast: Cast) -> None:
    assert rows_of(cast) == []
    assert [row["User Name"] for row in rows_of(cast, cast.gail, cast.uma)] == [
        "gail@contoso.example",
        "uma@contoso.example",
    ]


def test_cells_are_cleaned_by_the_names_of_the_models_fields(cast: Cast) -> None:
    cleaners = CustomerUserResource(cast.contoso).cleaners()
    assert "user_name" not in cleaners
    for name in cleaners:
        assert User._meta.get_field(name).name == name
    assert cleaners["country"]("Germany") == "DE"
    assert cleaners["usage_location"]("de") == "DE"
    assert cleaners["alternate_email"]("ada@mail.example") == "ada@mail.example"
    with pytest.raises(ValueError, match="64 characters"):
        cleaners["department"]("x" * 65)


def test_moments_of_the_admins_file_are_those_of_the_account(cast: Cast) -> None:
    at = datetime(2026, 1, 15, 12, tzinfo=UTC)
    final = at + timedelta(days=30)
    User.objects.filter(pk=cast.uma.pk).update(
        added_at=at, deleted_at=at, purge_after=final, username=None, domain=None
    )
    with timezone.override("America/New_York"):
        [row] = exported([cast.uma])
    assert row["Added"] == row["Deleted"] == "2026-01-15T07:00:00-05:00"
    assert row["Permanently deleted"] == "2026-02-14T07:00:00-05:00"
    assert row["Sign-in blocked"] == ""
