"""What apps above offer beside a closed application."""

from applications.offers import offers
from tests.factories import ApplicationFactory
from tests.support.cast import Cast


def test_each_application_has_its_own_offers_and_none_costs_nothing(cast: Cast) -> None:
    closed = ApplicationFactory.create(partner=cast.fabrikam, opened_by=[])
    assert offers(cast.uma, [closed]) == {closed.pk: []}
    assert offers(cast.uma, []) == {}
