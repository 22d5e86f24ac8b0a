"""What apps above show on the page of a user."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.views import user_cards
from accounts.views.user_cards import Card, also_shown, cards
from tests.support.cast import Cast


@pytest.fixture
def of_gail_alone() -> Iterator[None]:
    def card(user: User, seen_by: User) -> Card | None:
        if user.display_name != "Gail":
            return None
        return Card("components/notice.html", {"text": f"seen by {seen_by}"})

    before = list(user_cards._cards)  # noqa: SLF001
    also_shown(card)
    yield
    user_cards._cards[:] = before  # noqa: SLF001


@pytest.mark.usefixtures("of_gail_alone")
def test_a_card_is_shown_of_those_who_have_one(cast: Cast) -> None:
    assert [card.context["text"] for card in cards(cast.gail, cast.alice)] == ["seen by Alice"]
    assert cards(cast.uma, cast.alice) == []


@pytest.mark.usefixtures("of_gail_alone")
def test_the_page_of_the_user_has_the_card(client: Client, cast: Cast) -> None:
    client.force_login(cast.bob)
    shown = []
    for user in (cast.gail, cast.uma):
        page = client.get(reverse("accounts:user-detail", args=[cast.contoso.pk, user.pk]))
        shown.append(page.content.decode().count('class="notice notice-info"'))
    assert shown == [1, 0]
