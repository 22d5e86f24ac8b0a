"""Manage licenses as a form: what was sent against what was shown, swaps, and what is refused."""

import json

import pytest
from django.http import QueryDict

from accounts.forms.license_rows import State
from accounts.forms.licenses import LicenseForm
from accounts.models import User
from accounts.queries.license_groups import groups_of
from accounts.services.licenses import LicenseChange
from customers.errors import Refused
from licensing.errors import NotActive, RulesBroken, SeatsShort
from licensing.models import Subscription
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory, assign
from tests.support.cast import Cast


@pytest.fixture
def mail(cast: Cast) -> Subscription:
    """Uma has it, Gail has not; two seats of it are free."""
    product = ProductFactory.create(name="Mail", plans=["INBOX"])
    return SubscriptionFactory.create(
        customer=cast.contoso, product=product, quantity=3, holders=[cast.uma]
    )


@pytest.fixture
def teams(cast: Cast) -> Subscription:
    """Nobody has it, and it has no seat."""
    product = ProductFactory.create(name="Teams")
    return SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=0)


def form_of(
    cast: Cast, *users: User, sent: str | None = None, kept: str | None = None
) -> LicenseForm:
    """`sent` goes with what the page of these users shows."""
    groups = groups_of([user.pk for user in users], cast.contoso)
    if sent is None:
        return LicenseForm(groups, cast.contoso, kept=QueryDict(kept) if kept else None)
    data = QueryDict(sent, mutable=True)
    data.setdefault("seen", LicenseForm(groups, cast.contoso).seen)
    return LicenseForm(groups, cast.contoso, data=data)


def test_the_boxes_sent_as_shown_are_no_choice(cast: Cast, mail: Subscription) -> None:
    form = form_of(cast, cast.uma, sent=f"on={mail.pk}&on={mail.pk}:INBOX")
    assert form.choice == {}
    assert not form.check()
    assert form.errors == ["Nothing to save yet: check or clear a box first."]


def test_a_box_that_is_not_sent_was_cleared(cast: Cast, mail: Subscription) -> None:
    form = form_of(cast, cast.uma, sent="")
    assert form.changes() == {mail.pk: LicenseChange(have=False)}
    assert form.check()


def test_some_is_neither_on_nor_off_until_it_is_touched(cast: Cast, mail: Subscription) -> None:
    both = (cast.uma, cast.gail)
    [row] = form_of(cast, *both).rows
    assert (row.box.was, row.held, row.users) == (State.SOME, 1, 2)
    assert form_of(cast, *both, sent=f"on={mail.pk}:INBOX").choice == {}
    assert form_of(cast, *both, sent=f"off={mail.pk}&on={mail.pk}:INBOX").choice == {
        str(mail.pk): False
    }


@pytest.mark.parametrize("seen", ["", "nonsense", "a:b:c"])
def test_without_what_the_page_had_shown_nothing_is_cleared(
    cast: Cast, mail: Subscription, seen: str
) -> None:
    assert form_of(cast, cast.uma, sent=f"seen={seen}").choice == {}


def test_an_address_keeps_the_choice_and_gives_it_back(
    cast: Cast, mail: Subscription, teams: Subscription
) -> None:
    kept = f"on={teams.pk}&off={mail.pk}&swap={mail.pk}:{teams.pk}"
    form = form_of(cast, cast.uma, kept=kept)
    assert form.choice == {str(mail.pk): False, str(teams.pk): True}
    assert sorted(form.query()) == sorted(
        [("on", str(teams.pk)), ("off", str(mail.pk)), ("swap", f"{mail.pk}:{teams.pk}")]
    )
    assert form_of(cast, cast.uma).query() == []


def test_what_the_page_shows_no_more_is_not_saved(cast: Cast, mail: Subscription) -> None:
    form = form_of(cast, cast.uma, kept="on=987654321")
    assert not form.check()
    assert "is no longer available" in form.errors[0]


@pytest.mark.parametrize(
    "source, target, said",
    [
        ("", "mail", "choose both"),
        ("mail", "mail", "two different products"),
    ],
)
def test_a_swap_is_of_two(
    cast: Cast, mail: Subscription, source: str, target: str, said: str
) -> None:
    pks = {"mail": str(mail.pk), "": ""}
    sent = f"on={mail.pk}&on={mail.pk}:INBOX&swap_from={pks[source]}&swap_to={pks[target]}"
    form = form_of(cast, cast.uma, sent=sent)
    assert not form.check()
    assert said in form.errors[0]
    assert form.steps == []


def test_the_only_product_that_users_have_is_proposed_to_be_swapped(
    cast: Cast, mail: Subscription, teams: Subscription
) -> None:
    sent = f"on={mail.pk}&on={mail.pk}:INBOX&swap_from={mail.pk}&swap_to="
    alone = form_of(cast, cast.uma, sent=sent)
    assert not alone.check()
    assert alone.errors == ["Nothing to save yet: check or clear a box first."]
    form = form_of(cast, cast.uma)
    proposed = {row.box.key: (row.is_proposed, row.is_source) for row in form.rows}
    assert proposed == {str(mail.pk): (True, False), str(teams.pk): (False, False)}
    assert form.query() == []
    assert form.changes() == {}
    Subscription.objects.filter(pk=teams.pk).update(quantity=1)
    assign(teams, cast.uma)
    assert not any(row.is_proposed for row in form_of(cast, cast.uma).rows)


def test_a_swap_and_a_box_of_the_same_product_contradict_each_other(
    cast: Cast, mail: Subscription, teams: Subscription
) -> None:
    form = form_of(cast, cast.uma, sent=f"swap_from={mail.pk}&swap_to={teams.pk}")
    assert not form.check()
    assert form.errors == ["Mail, Teams: either swap them, or check and clear their own boxes."]


def test_a_swap_gives_the_one_instead_of_the_other(
    cast: Cast, mail: Subscription, teams: Subscription
) -> None:
    Subscription.objects.filter(pk=teams.pk).update(quantity=1)
    sent = f"on={mail.pk}&on={mail.pk}:INBOX&swap_from={mail.pk}&swap_to={teams.pk}"
    form = form_of(cast, cast.uma, cast.gail, sent=sent.replace(f"on={mail.pk}&", "", 1))
    assert form.changes() == {teams.pk: LicenseChange(have=True, instead_of=mail.pk)}
    assert form.check()
    figures = {row.subscription.pk: (row.plus, row.minus) for row in form.changed_rows}
    assert figures == {mail.pk: (0, 1), teams.pk: (1, 0)}


def test_missing_seats_are_said_at_the_row_and_can_be_passed_over(
    cast: Cast, teams: Subscription
) -> None:
    form = form_of(cast, cast.uma, sent=f"on={teams.pk}")
    assert not form.check()
    assert form.is_short
    assert form.rows[0].problems == ["1 seat is missing."]
    assert form_of(cast, cast.uma, sent=f"on={teams.pk}").check(as_many_as_fit=True)


def test_of_many_whom_a_rule_concerns_the_first_are_named(cast: Cast, mail: Subscription) -> None:
    users = [UserFactory.create(customer=cast.contoso, display_name=name) for name in "ABCD"]
    broken = RulesBroken({user.pk: {mail.product_id: "No usage location."} for user in users})
    form = form_of(cast, *users)
    form.refuse(broken)
    assert form.rows[0].problems == ["No usage location. 4 users: A, B, C and 1 more."]
    alone = form_of(cast, users[0])
    alone.refuse(RulesBroken({users[0].pk: {mail.product_id: "No usage location."}}))
    assert alone.rows[0].problems == ["No usage location."]


def test_a_refusal_of_no_row_stands_on_top(cast: Cast, mail: Subscription) -> None:
    other = SubscriptionFactory.create(customer=cast.northwind)
    for refusal in (
        Refused("Gone.", code="user-gone"),
        SeatsShort({other.pk: 1}, {other.pk: other}),
        NotActive(other),
    ):
        form = form_of(cast, cast.uma)
        form.refuse(refusal)
        assert form.errors == [str(refusal)]
        assert form.rows[0].problems == []


def test_the_browser_is_told_who_holds_what_together(
    cast: Cast, mail: Subscription, teams: Subscription
) -> None:
    sets = json.loads(form_of(cast, cast.uma, cast.gail).sets)
    assert sorted(sets, key=str) == sorted([[[str(mail.pk)], 1], [[], 1]], key=str)
