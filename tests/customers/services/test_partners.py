"""Partners are added and changed by support staff alone, each with a domain of its own."""

import pytest

from accounts.invariants import violations
from customers.errors import Refused
from customers.models import AuditEvent, Domain, Partner
from customers.services.partners import add_partner, change_partner
from tests.support.cast import Cast
from tests.support.log import Line, log

BY_SUPPORT = "Support (support@portal.example)"


def add(cast: Cast, domain: str = "tailspin.example") -> Partner:
    return add_partner(actor=cast.support, name="Tailspin", country="SE", primary_domain=domain)


def test_a_partner_comes_with_the_domain_of_its_staff(cast: Cast) -> None:
    partner = add(cast, " TailSpin.example")
    domain = partner.domains.get()
    assert (domain.name, domain.is_primary, domain.customer) == ("tailspin.example", True, None)
    assert log() == [
        Line("partner.added", "Tailspin", {"country": "SE"}, {}, BY_SUPPORT),
        Line("domain.added", "tailspin.example", {"domain": "tailspin.example"}, {}, BY_SUPPORT),
    ]
    assert AuditEvent.objects.filter(partner=partner, customer=None).count() == 2
    assert violations() == []


@pytest.mark.parametrize("domain", ["fabrikam.example", "CONTOSO.example"])
def test_a_taken_domain_leaves_no_partner_behind(cast: Cast, domain: str) -> None:
    with pytest.raises(Refused, match=r"^This domain cannot be used here\.$") as caught:
        add(cast, domain)
    assert (caught.value.code, caught.value.field) == ("domain-taken", "primary_domain")
    assert not Partner.objects.filter(name="Tailspin").exists()
    assert log() == []


def test_what_is_no_domain_leaves_no_partner_behind(cast: Cast) -> None:
    with pytest.raises(Refused, match="Enter a domain such as contoso"):
        add(cast, "tailspin")
    assert not Partner.objects.filter(name="Tailspin").exists()


def test_nobody_but_support_staff_adds_or_changes_a_partner(cast: Cast) -> None:
    for user in (cast.alice, cast.gail, cast.uma):
        with pytest.raises(Refused, match="Only support staff can do this"):
            add_partner(actor=user, name="T", country="SE", primary_domain="t.example")
        with pytest.raises(Refused, match="Only support staff can do this"):
            change_partner(cast.fabrikam, actor=user, name="Mine")
    cast.fabrikam.refresh_from_db()
    assert (cast.fabrikam.name, Domain.objects.filter(name="t.example").exists()) == (
        "Fabrikam",
        False,
    )


def test_only_what_differs_is_changed_and_told(cast: Cast) -> None:
    changed = change_partner(cast.fabrikam, actor=cast.support, name="Fabrikam", country="NO")
    assert changed == ["country"]
    cast.fabrikam.refresh_from_db()
    assert (cast.fabrikam.name, str(cast.fabrikam.country)) == ("Fabrikam", "NO")
    assert log() == [Line("partner.changed", "Fabrikam", {"country": ["US", "NO"]}, {}, BY_SUPPORT)]


def test_no_change_is_no_event(cast: Cast) -> None:
    assert change_partner(cast.fabrikam, actor=cast.support, name="Fabrikam", country="US") == []
    assert change_partner(cast.fabrikam, actor=cast.support) == []
    assert log() == []


def test_what_a_colleague_changed_meanwhile_is_the_value_before(cast: Cast) -> None:
    Partner.objects.filter(pk=cast.fabrikam.pk).update(name="Fabrikam Ltd")
    assert change_partner(cast.fabrikam, actor=cast.support, name="Fabrikam") == ["name"]
    assert [line.changes for line in log()] == [{"name": ["Fabrikam Ltd", "Fabrikam"]}]
