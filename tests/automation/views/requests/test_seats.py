"""An administrator asks the partner for seats."""

from django.test import Client
from django.urls import reverse

from automation.models import LicenseRequest
from tests.automation.services.asked import closed_door
from tests.factories import ProductFactory
from tests.support.cast import Cast


def url(cast: Cast) -> str:
    return reverse("automation:seats-ask", args=[cast.contoso.pk])


def test_seats_are_asked_for_and_one_is_led_back(client: Client, cast: Cast) -> None:
    door = closed_door(cast)
    client.force_login(cast.gail)
    back = reverse("accounts:user-list", args=[cast.contoso.pk])
    here = f"{url(cast)}?product={door.product.pk}&seats=2&next={back}"
    page = client.get(here)
    assert page.context["form"]["seats"].value() == 2
    assert page.context["form"]["product"].value() == door.product.pk
    sent = {"product": door.product.pk, "seats": 3, "words": "Four new users"}
    answer = client.post(here, sent, follow=True)
    assert answer.redirect_chain == [(back, 302)]
    assert "Fabrikam was asked for seats of Teams." in answer.text
    assert LicenseRequest.objects.get().seats == 3
    again = client.post(here, sent)
    assert "was already asked for and waits for an answer." in again.text


def test_wrong_numbers_and_products_of_others_are_said_at_their_field(
    client: Client, cast: Cast
) -> None:
    door = closed_door(cast)
    theirs = ProductFactory.create(partner=cast.litware)
    client.force_login(cast.gail)
    for sent, text in (
        ({"product": door.product.pk, "seats": "many"}, "Enter a number of seats from 1 to"),
        ({"product": theirs.pk, "seats": 1}, "Choose from the list."),
    ):
        assert text in client.post(url(cast), sent).text
    assert client.post(url(cast) + "?next=https://evil.example/", {}).status_code == 200


def test_staff_buy_themselves(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    answer = client.get(url(cast))
    assert answer.status_code == 403
    assert "Only the customer&#x27;s own administrators" in answer.text
