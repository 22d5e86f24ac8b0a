"""Usage location, department and permissions of a selection."""

from http import HTTPStatus

from django.test import Client

from customers.models import Batch
from customers.roles import Role
from tests.accounts.bulk import by_ids, of, send
from tests.accounts.verbs import fresh, subscribe
from tests.factories import UserFactory
from tests.support.cast import Cast
from tests.support.forms import fields, read, told, words


def test_the_location_of_many_is_changed(alice: Client, cast: Cast) -> None:
    phone = subscribe(cast, "Phone", cast.uma)
    phone.product.blocked_countries = ["KP", "IR"]
    phone.product.save()
    bo = UserFactory.create(customer=cast.contoso, usage_location="")
    url = by_ids(cast, "change/location", cast.uma, cast.gail, bo)
    text = words(read(alice, url))
    assert "Now: United States of America (2), not set (1)." in text
    assert "Phone (1) can't be used in North Korea, Iran." in text
    html = send(alice, url).content.decode()
    assert "Choose a country." in words(html)
    assert not Batch.objects.exists()
    response = alice.post(url, {**fields(html), "usage_location": "KP"})
    assert [fresh(user).usage_location for user in (cast.uma, cast.gail, bo)] == ["US", "KP", "KP"]
    assert "Phone can't be used in North Korea." in told(alice.get(response["Location"]))


def test_the_department_of_many_is_changed_or_removed_on_purpose(alice: Client, cast: Cast) -> None:
    url = by_ids(cast, "change/department", cast.uma, cast.gail)
    assert "Now: not set (2)." in words(read(alice, url))
    html = send(alice, url, department="  ").content.decode()
    assert "Enter a department, or choose to remove it." in words(html)
    both = send(alice, url, department="IT", remove="on")
    assert "Either enter a department, or remove it." in told(both)
    assert not Batch.objects.exists()
    send(alice, url, department="Märkte & <b>mehr</b>")
    assert fresh(cast.uma).department == "Märkte & <b>mehr</b>"
    html = read(alice, url)
    assert "Now: Märkte &amp; &lt;b&gt;mehr&lt;/b&gt; (2)." in html
    send(alice, url, remove="on")
    assert [fresh(user).department for user in (cast.uma, cast.gail)] == ["", ""]


def test_many_departments_are_counted_together(alice: Client, cast: Cast) -> None:
    users = [
        UserFactory.create(customer=cast.contoso, department=name) for name in "aabbccddeeffghi"
    ]
    text = words(read(alice, by_ids(cast, "change/department", *users)))
    assert "Now: a (2), b (2), c (2), d (2), e (2), f (2), others (3)." in text


def test_the_permissions_of_many_are_changed_and_nothing_is_proposed(
    alice: Client, cast: Cast
) -> None:
    both = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN, Role.LICENSE_ADMIN])
    url = by_ids(cast, "change/permissions", cast.uma, cast.gail, both)
    html = read(alice, url)
    for words_now in (
        "User (1)",
        "Global administrator (1)",
        "License administrator + User administrator (1)",
    ):
        assert words_now in words(html)
    assert "2 of them are administrators:" in words(html)
    assert "permission" not in fields(html)
    assert "Choose the permissions." in told(send(alice, url))
    assert "Choose at least one area" in told(send(alice, url, permission="limited"))
    assert not Batch.objects.exists()
    send(alice, url, permission="limited", limited_roles="Service administrator")
    changed = [fresh(user).roles for user in (cast.uma, cast.gail, both)]
    assert changed == [(Role.SERVICE_ADMIN,)] * 3


def test_ones_own_permissions_are_left_out(client: Client, cast: Cast) -> None:
    client.force_login(cast.gail)
    url = of("change/permissions", cast.uma, cast.gail)
    text = words(read(client, url))
    assert "1 of 2 selected users" in text
    assert "You can't remove your own permissions. Ask another administrator." in text
    send(client, url, permission="user")
    assert fresh(cast.gail).roles == (Role.GLOBAL_ADMIN,)


def test_a_role_that_gives_no_permissions_has_nobody_to_change(client: Client, cast: Cast) -> None:
    client.force_login(UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN]))
    url = of("change/permissions", cast.uma)
    text = words(read(client, url))
    assert "Your role can't give or remove administrator permissions." in text
    assert "No users selected" in text
    client.post(url, {"permission": "global"})
    assert fresh(cast.uma).roles == ()


def test_there_is_nothing_else_to_change(alice: Client, cast: Cast) -> None:
    url = of("change/password", cast.uma)
    assert alice.get(url).status_code == HTTPStatus.NOT_FOUND
    assert alice.post(url).status_code == HTTPStatus.NOT_FOUND
