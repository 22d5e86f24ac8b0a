"""The forms of requests: what each offers, and what they refuse."""

from automation.forms.requests import RequestForm, SeatsAnswerForm
from automation.queries.wishes import Wishes
from tests.automation.services.asked import closed_door
from tests.factories import assign
from tests.support.cast import Cast


def test_the_only_thing_is_chosen_already(cast: Cast) -> None:
    door = closed_door(cast)
    form = RequestForm(wishes=Wishes(door.user).of_products())
    assert form["wish"].initial == str(door.product.pk)


def test_a_service_is_called_by_its_name(cast: Cast) -> None:
    door = closed_door(cast)
    assign(door.pool, door.user, services_off=["CHAT"])
    wishes = Wishes(door.user).of_applications([door.application])[door.application.pk]
    labels = [str(label) for _value, label in RequestForm(wishes=wishes).fields["wish"].choices]  # type: ignore[attr-defined]
    assert labels == ["Chat, which is off in your license for Teams"]


def test_invisible_characters_are_no_word() -> None:
    form = SeatsAnswerForm({"words": "\u200b", "seats": "2"})
    assert form.is_valid()
    assert form.cleaned_data == {"words": "", "seats": 2}
