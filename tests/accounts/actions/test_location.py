"""Change usage location."""

from accounts.actions.location import CHANGE_LOCATION
from accounts.models import User, UserQuerySet
from tests.accounts.actions.acting import do, points
from tests.accounts.undoing import undo
from tests.accounts.verbs import fresh, subscribe
from tests.support.cast import Cast


def test_all_have_the_same_location_and_by_undo_their_own_again(cast: Cast) -> None:
    batch = do(cast, CHANGE_LOCATION, cast.uma, fields={"usage_location": "SE"})
    assert str(fresh(cast.uma).usage_location) == "SE"
    undo(batch, cast.alice)
    assert str(fresh(cast.uma).usage_location) == "US"


def test_what_they_have_is_told_by_the_names_of_countries(cast: Cast) -> None:
    users = UserQuerySet(User).filter(customer=cast.contoso)
    assert CHANGE_LOCATION.now(2, users) == "Now: United States of America (2)."


def test_licenses_that_some_countries_forbid_are_named(cast: Cast) -> None:
    kept = "Licenses stay. Users who already have that location are not changed."
    assert points(cast, CHANGE_LOCATION, cast.uma) == [kept]
    phone = subscribe(cast, "Phone", cast.uma)
    phone.product.blocked_countries = ["KP"]
    phone.product.save()
    said = points(cast, CHANGE_LOCATION, cast.uma, cast.gail)
    assert (said[0], said[-1]) == (kept, "Phone (1) can't be used in North Korea.")


def test_a_country_is_asked_for_and_none_is_proposed(cast: Cast) -> None:
    form_class = CHANGE_LOCATION.form_class
    assert form_class({}, actor=cast.alice).errors == {"usage_location": ["Choose a country."]}
    strange = form_class({"usage_location": "XX"}, actor=cast.alice)
    assert strange.errors == {"usage_location": ["Choose a country from the list."]}
    form = form_class({"usage_location": "SE", "reason": "Ticket 1"}, actor=cast.alice)
    assert form.is_valid()
    assert form.request() == {"reason": "Ticket 1", "fields": {"usage_location": "SE"}}


def test_its_page_is_below_the_list_of_users(cast: Cast) -> None:
    page = f"/customers/{cast.contoso.pk}/users/change/location/?s=t"
    assert CHANGE_LOCATION.url(cast.contoso, "s=t") == page
