"""Who hears of a request: those who can answer it, and nobody else."""

import pytest
from django.utils import timezone

from automation.models import LicenseRequest, Notice, NoticeKind, RequestState
from automation.services.requests import (
    approve_license,
    approve_seats,
    ask_for_license,
    ask_for_seats,
    decline,
)
from automation.services.requests.telling import answerers, end_over
from customers.errors import Refused
from customers.roles import Role
from tests.automation.services.asked import closed_door
from tests.factories import LicenseRequestFactory, StaffFactory, UserFactory
from tests.support.cast import Cast


def told(request: object) -> set[str]:
    return {user.display_name for user in answerers(request)}  # type: ignore[arg-type]


def test_of_a_license_the_customers_administrators_hear(cast: Cast) -> None:
    door = closed_door(cast)
    UserFactory.create(
        customer=cast.contoso, display_name="Lea", local_part="lea", roles=[Role.LICENSE_ADMIN]
    )
    UserFactory.create(
        customer=cast.contoso, display_name="Bill", local_part="bill", roles=[Role.BILLING_ADMIN]
    )
    assert told(LicenseRequestFactory.create(user=door.user, product=door.product)) == {
        "Gail",
        "Lea",
    }


def test_where_nobody_else_can_the_partner_hears(cast: Cast) -> None:
    door = closed_door(cast)
    request = LicenseRequestFactory.create(user=cast.gail, product=door.product)
    assert told(request) == {"Alice", "Bob", "Sally"}


def test_of_seats_those_of_the_partner_hear_who_can_buy_for_this_customer(cast: Cast) -> None:
    door = closed_door(cast)
    limited = StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.SALES_AGENT], display_name="Lim", local_part="lim"
    )
    limited.limited_to_customers = True
    limited.save(update_fields=["limited_to_customers"])
    request = LicenseRequestFactory.create(user=cast.gail, product=door.product, seats=2)
    assert told(request) == {"Alice", "Sally"}
    limited.allowed_customers.add(cast.contoso)
    assert told(request) == {"Alice", "Sally", "Lim"}


def test_a_request_and_its_answer_are_told_once_to_whom_they_concern(cast: Cast) -> None:
    door = closed_door(cast)
    request = ask_for_license(str(door.product.pk), asker=door.user, application=door.application)
    told = Notice.objects.get()
    assert (told.user, told.kind, told.about) == (cast.gail, NoticeKind.REQUEST, door.user)
    assert told.url == f"/customers/{cast.contoso.pk}/requests/{request.pk}/"
    assert told.facts == {"product": "Teams", "seats": None}
    decline(request, actor=cast.gail, words="Ask your manager.")
    answer = Notice.objects.get(kind=NoticeKind.ANSWER)
    assert (answer.user, answer.url) == (door.user, "/me/requests/")
    assert answer.facts == {"product": "Team Chat", "granted": False}
    told.refresh_from_db()
    assert told.ended_at


def test_what_was_rolled_back_is_not_told(cast: Cast) -> None:
    door = closed_door(cast, quantity=0)
    request = LicenseRequestFactory.create(user=door.user, product=door.product)
    with pytest.raises(Refused):
        approve_license(request, actor=cast.gail)
    assert not Notice.objects.exists()


def test_the_answer_about_seats_leads_to_the_request(cast: Cast) -> None:
    door = closed_door(cast)
    request = ask_for_seats(door.product, 2, customer=cast.contoso, asker=cast.gail)
    assert set(Notice.objects.values_list("user", flat=True)) == {cast.alice.pk, cast.sally.pk}
    approve_seats(request, 2, actor=cast.sally)
    answer = Notice.objects.get(kind=NoticeKind.ANSWER)
    assert (answer.user, answer.url) == (
        cast.gail,
        f"/customers/{cast.contoso.pk}/requests/{request.pk}/",
    )


def test_what_is_no_longer_open_is_new_to_nobody(cast: Cast) -> None:
    door = closed_door(cast)
    request = ask_for_license(str(door.product.pk), asker=door.user, application=door.application)
    assert Notice.objects.new().exists()
    assert end_over() == 0
    # As a customer's request leaves it, which may not change what the partner's staff were told.
    over = {"state": RequestState.CANCELED, "answered_at": timezone.now()}
    LicenseRequest.objects.filter(pk=request.pk).update(**over)
    assert end_over() == 1
    assert not Notice.objects.new().exists()
