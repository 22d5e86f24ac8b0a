"""Where an action leads once it is done, and what the notice says there."""

from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from accounts.models import User
from accounts.services.selections import choose
from accounts.services.users import block_users, delete_users
from accounts.views.batches.coming_back import LONGEST, with_way_back
from customers.models import Batch
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast
from tests.support.forms import fields, read, told, words
from tests.support.html import problems

ELSEWHERE = ("https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)")


def users_of(cast: Cast) -> str:
    return f"/customers/{cast.contoso.pk}/users/"


def send(client: Client, url: str) -> Any:
    return client.post(url, fields(read(client, url)))


def test_a_selection_comes_back_to_the_same_page_of_the_list(alice: Client, cast: Cast) -> None:
    """By the button of the list, which knows its filter, sort and page; nobody is selected then."""
    ann, ben = UserFactory.create_batch(2, customer=cast.contoso)
    here = f"{users_of(cast)}?sort=-user&filter=licensed"
    sent = {"do": "block", "s": "tok", "user": [ann.pk, ben.pk], "shown": f"{ann.pk} {ben.pk}"}
    back = here.partition("?")[2] + "&s=tok"
    asks = alice.post(f"{users_of(cast)}select/", sent | {"back": back})["Location"]
    html = read(alice, asks)
    assert f'href="{here.replace("&", "&amp;")}&amp;s=tok">Cancel' in html
    answer = send(alice, asks)
    assert answer["Location"] == here
    text = words(read(alice, here))
    assert "Sign-in blocked 2 users updated. Undo Show details" in text


def test_whom_it_was_not_done_to_is_counted_and_the_details_are_a_click_away(
    alice: Client, cast: Cast
) -> None:
    ann, ben = UserFactory.create_batch(2, customer=cast.contoso)
    here = f"{users_of(cast)}?q=x"
    url = f"{users_of(cast)}block/?user={ann.pk}&user={ben.pk}&next={quote(here)}"
    sent = fields(read(alice, url))
    delete_users([ben], customer=cast.contoso, actor=cast.gail)
    assert alice.post(url, sent)["Location"] == here
    html = read(alice, here)
    why = f"{ben.display_name} has been deleted by Gail."
    said = f"Sign-in blocked 1 user updated. 1 user was not changed. {why} Undo Show details"
    assert said in words(html)
    assert "notice-warning" in html
    batch = Batch.objects.latest("pk")
    details = f"/batches/{batch.pk}/?next={quote(here, safe='')}"
    assert details in html
    assert f'href="{here}">Done' in read(alice, details)


def test_who_was_so_before_is_counted_and_it_is_a_success(alice: Client, cast: Cast) -> None:
    ann, ben = UserFactory.create_batch(2, customer=cast.contoso)
    url = f"{users_of(cast)}block/?user={ann.pk}&user={ben.pk}&next={quote(users_of(cast))}"
    sent = fields(read(alice, url))
    block_users([ben], customer=cast.contoso, actor=cast.gail)
    alice.post(url, sent)
    html = read(alice, users_of(cast))
    said = "Sign-in blocked 1 user updated. 1 user needed no change. Already blocked. Undo"
    assert said in words(html)
    assert "notice-warning" not in html
    batch = Batch.objects.latest("pk")
    page = read(alice, f"/batches/{batch.pk}/")
    assert "1 user updated. 1 user needed no change." in words(page)
    assert problems(page) == []


def test_undo_comes_back_as_well(alice: Client, cast: Cast) -> None:
    here = f"{users_of(cast)}{cast.uma.pk}/"
    batch = block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    answer = send(alice, f"/batches/{batch.pk}/undo/?next={here}")
    assert answer["Location"] == here
    assert "Sign-in allowed Uma (uma@contoso.example)." in words(read(alice, here))
    assert User.objects.get(pk=cast.uma.pk).blocked_at is None


def test_a_user_who_could_not_be_changed_is_told_with_the_reason(alice: Client, cast: Cast) -> None:
    product = ProductFactory.create(name="Mail", blocked_countries=["KP"])
    SubscriptionFactory.create(customer=cast.contoso, product=product, holders=[cast.uma])
    url = f"{users_of(cast)}change/location/?user={cast.uma.pk}"
    sent = fields(read(alice, url)) | {"usage_location": ["KP"]}
    answer = alice.post(url, sent, follow=True)
    text = told(answer)
    assert "Mail can't be used in North Korea." in text


@pytest.mark.parametrize("given", ELSEWHERE)
def test_no_other_site_is_come_back_to(alice: Client, cast: Cast, given: str) -> None:
    own = f"{users_of(cast)}{cast.uma.pk}/"
    answer = send(alice, f"{own}block/?next={quote(given, safe='')}")
    assert answer["Location"] == own
    batch = Batch.objects.get()
    html = read(alice, f"/batches/{batch.pk}/?next={quote(given, safe='')}")
    assert f'href="{own}">Done' in html


def test_passwords_are_handed_over_first_and_done_leads_back(alice: Client, cast: Cast) -> None:
    here = f"{users_of(cast)}?q=uma"
    url = f"{users_of(cast)}{cast.uma.pk}/reset/?next={quote(here, safe='')}"
    sheet = send(alice, url)["Location"]
    html = read(alice, sheet)
    assert "/passwords/" in sheet
    assert problems(html) == []
    done = f"{sheet.partition('?')[0]}done/"
    asked = alice.post(done, fields(html))
    assert "was not printed, emailed, copied or downloaded yet" in asked.text
    answer = alice.post(done, fields(asked.text))
    assert answer["Location"] == here


def test_what_a_task_will_do_is_watched_first(alice: Client, cast: Cast, settings: Any) -> None:
    settings.PEOPLE_AT_ONCE = 1
    here = f"{users_of(cast)}?q=u"
    choose(
        "tok",
        shown=[cast.uma.pk, cast.gail.pk],
        chosen=[cast.uma.pk, cast.gail.pk],
        customer=cast.contoso,
        actor=cast.alice,
    )
    answer = send(alice, f"{users_of(cast)}block/?s=tok&next={quote(here, safe='')}")
    batch = Batch.objects.get()
    assert answer["Location"] == f"/batches/{batch.pk}/?next={quote(here, safe='')}"


def test_a_way_back_that_no_redirect_can_carry_is_forgotten() -> None:
    assert with_way_back("/a/", "/b/?q=1") == "/a/?next=%2Fb%2F%3Fq%3D1"
    assert with_way_back("/a/?s=1", "/b/") == "/a/?s=1&next=%2Fb%2F"
    assert with_way_back("/a/", "") == "/a/"
    assert with_way_back("/a/", "/" + "ü" * LONGEST) == "/a/"
