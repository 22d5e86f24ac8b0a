"""What the apps below show of this one as soon as it is there."""

from accounts.personal import relations
from accounts.views.user_cards import account_cards
from applications.offers import offers
from tests.automation.services.asked import closed_door
from tests.support.cast import Cast


def test_a_user_without_a_license_is_offered_to_ask_for_it(cast: Cast) -> None:
    door = closed_door(cast)
    [offer] = offers(door.user, [door.application])[door.application.pk]
    assert offer.label == "Ask for Team Chat"
    assert [card.template for card in account_cards(door.user)] == [
        "automation/own_requests_card.html"
    ]
    assert "requests" in relations(door.user)


def test_staff_are_offered_nothing(cast: Cast) -> None:
    door = closed_door(cast)
    assert offers(cast.alice, [door.application]) == {door.application.pk: []}
    assert account_cards(cast.alice) == []
