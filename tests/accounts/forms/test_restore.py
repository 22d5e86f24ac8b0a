"""Restoring as a form: names, whom to skip, the last seats, and what the page had shown."""

import pytest
from django.http import QueryDict

from accounts.forms.restore import RestoreForm, field_name, unpack
from accounts.models import User
from accounts.services.returns import Choices, Desk, Seen
from licensing.models import LicenseAssignment, Subscription
from tests.accounts.verbs import delete, fresh, subscribe
from tests.factories import UserFactory
from tests.support.cast import Cast


@pytest.fixture
def users(cast: Cast) -> list[User]:
    """Ann and Ben, deleted with Mail, of which one seat is left; Ben's user name is taken."""
    users = [
        UserFactory.create(customer=cast.contoso, display_name=name, local_part=name.lower())
        for name in ("Ann", "Ben")
    ]
    mail = subscribe(cast, "Mail", *users, quantity=2)
    delete(cast, *users)
    Subscription.objects.filter(pk=mail.pk).update(quantity=1)
    UserFactory.create(customer=cast.contoso, local_part="ben", display_name="Other Ben")
    return [fresh(user) for user in users]


def box(user: User) -> int:
    return LicenseAssignment.objects.get(user=user).pk


def form_of(cast: Cast, users: list[User], sent: dict[str, object] | None = None) -> RestoreForm:
    """The form of the page, or what it is when these values come back from it."""
    desk = Desk(users, cast.contoso)
    returns = desk.plan()
    shown = RestoreForm(returns=returns, subscriptions=desk.subscriptions)
    if sent is None:
        return shown
    data = QueryDict(mutable=True)
    for name, value in sent.items():
        data.setlist(name, [str(one) for one in (value if isinstance(value, list) else [value])])
    return RestoreForm(
        data,
        returns=returns,
        subscriptions=desk.subscriptions,
        seen=unpack(shown.pack()),
    )


def test_rows_say_who_has_what_to_decide(cast: Cast, users: list[User]) -> None:
    ann, ben = users
    form = form_of(cast, users)
    rows = {row.item.user.pk: row for row in form.rows}
    assert rows[ann.pk].name_field is None
    assert rows[ben.pk].name_field is not None
    assert [seat.checked for seat in rows[ann.pk].boxes] == [True]
    assert [seat.checked for seat in rows[ben.pk].boxes] == [False]
    assert rows[ben.pk].boxes[0].label == "Mail for Ben"
    assert (form.more, form.more_asked) == (0, 0)


def test_the_page_sent_back_as_shown_decides_nothing(cast: Cast, users: list[User]) -> None:
    ann, ben = users
    form = form_of(cast, users, {"back": box(ann), field_name(ben): "ben2@contoso.example"})
    assert form.is_valid()
    assert form.choices() == Choices({ben.pk: "ben2@contoso.example"})


def test_a_seat_given_to_another_is_a_decision(cast: Cast, users: list[User]) -> None:
    ann, ben = users
    form = form_of(cast, users, {"back": box(ben), field_name(ben): "ben2@contoso.example"})
    assert form.is_valid()
    choices = form.choices()
    assert (set(choices.first), set(choices.without)) == ({box(ben)}, {box(ann)})
    [seats] = form.seats
    assert (seats.wanted, seats.given, seats.too_many) == (2, 1, 0)


def test_more_seats_than_there_are_is_an_error_of_the_form(cast: Cast, users: list[User]) -> None:
    ann, ben = users
    form = form_of(cast, users, {"back": [box(ann), box(ben)]})
    assert not form.is_valid()
    assert str(form.non_field_errors()[0]).startswith("Mail: 1 seat too many is given.")


def test_a_user_who_is_skipped_needs_no_name_and_no_seat(cast: Cast, users: list[User]) -> None:
    ann, ben = users
    sent = {"skip": ben.pk, "back": [box(ann), box(ben)], field_name(ben): ""}
    form = form_of(cast, users, sent)
    assert form.is_valid()
    assert form.choices().skip == {ben.pk}
    assert form.choices().names == {}
    assert (form.figures.users, form.figures.names) == (1, 0)


def test_not_all_can_be_skipped(cast: Cast, users: list[User]) -> None:
    form = form_of(cast, users, {"skip": [user.pk for user in users]})
    assert form.non_field_errors() == [
        "All users are skipped. Keep at least one, or choose Cancel."
    ]


@pytest.mark.parametrize("skip", ["nonsense", "0", "-1", "9" * 30])
def test_only_those_on_the_page_can_be_skipped(cast: Cast, users: list[User], skip: str) -> None:
    stranger = form_of(cast, users, {"skip": [skip, cast.uma.pk]})
    assert stranger.skip == set()


def test_a_name_needs_its_domain_and_is_kept_in_lower_case_behind_the_at(
    cast: Cast, users: list[User]
) -> None:
    ann, ben = users
    name = field_name(ben)
    wrong = form_of(cast, users, {"back": box(ann), name: "ben2"})
    assert wrong.errors == {
        name: ["Enter the whole user name, with the @ and one of your domains."]
    }
    right = form_of(cast, users, {"back": box(ann), name: "Ben2@CONTOSO.example"})
    assert right.is_valid()
    assert right.cleaned_data[name] == "Ben2@contoso.example"


def test_a_name_that_is_taken_too_is_said_at_its_field(cast: Cast, users: list[User]) -> None:
    ann, ben = users
    sent = {"back": box(ann), field_name(ben): "uma@contoso.example"}
    form = form_of(cast, users, sent)
    assert form.is_valid()
    final = Desk(users, cast.contoso).plan(form.choices())
    assert form.refuse(final)
    assert "is free." in form.errors[field_name(ben)][1]
    free = form_of(cast, users, {**sent, field_name(ben): "ben7@contoso.example"})
    assert free.is_valid()
    assert not free.refuse(Desk(users, cast.contoso).plan(free.choices()))


def test_a_name_that_the_page_had_not_asked_for_is_the_free_one(
    cast: Cast, users: list[User]
) -> None:
    ann, ben = users
    form = form_of(cast, users, {"back": box(ann)})
    assert form.is_valid()
    assert form.choices().names == {ben.pk: "ben2@contoso.example"}


def test_what_a_page_had_shown_is_read_of_its_own_seal_alone(cast: Cast, users: list[User]) -> None:
    packed = form_of(cast, users).pack()
    assert set(unpack(packed).boxes) == {box(user) for user in users}
    for forged in ("", "nonsense", packed[:-1], f"x{packed}"):
        assert unpack(forged) == Seen()


def test_figures_are_of_all_that_come_back(cast: Cast, users: list[User]) -> None:
    figures = form_of(cast, users).figures
    assert (figures.users, figures.back, figures.without_seat, figures.names) == (2, 1, 1, 1)
    assert figures.lost == 0
