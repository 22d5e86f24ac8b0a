"""Partners are added and changed by support staff alone, each with a domain of its own."""

import re
from typing import Any

import pytest
from pytest_django import Settings

from accounts.invariants import violations
from customers.branding.pictures import read_picture
from customers.branding.rows import Logo
from customers.errors import Refused
from customers.models import AuditEvent, Domain, Partner
from customers.services.partners import (
    add_partner,
    change_branding,
    change_partner,
    set_host_names,
)
from tests.customers.branding.pictures import picture
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


def test_a_look_is_kept_and_in_the_log_by_its_fields(cast: Cast) -> None:
    logo = read_picture(picture())
    values: dict[str, Any] = {"brand_name": "Fabrikam Cloud", "brand_color": "#d4002a"}
    changed = change_branding(cast.fabrikam, actor=cast.alice, logo=logo, **values)
    assert changed == ["brand_name", "brand_color", "logo_digest"]
    cast.fabrikam.refresh_from_db()
    kept = cast.fabrikam
    assert (kept.shown_name, kept.logo_width, kept.logo_digest) == (
        "Fabrikam Cloud",
        logo.width,
        logo.digest,
    )
    assert bytes(kept.logo.png) == logo.png
    assert re.fullmatch("[a-z0-9]{12}", kept.brand_slug)
    event = AuditEvent.objects.get(action="partner.changed")
    assert event.changes.keys() == {"brand_name", "brand_color", "logo_digest"}
    # The same once more changes nothing.
    assert change_branding(kept, actor=cast.alice, logo=logo, **values) == []
    assert AuditEvent.objects.filter(action="partner.changed").count() == 1


def test_the_address_of_a_look_stays_when_it_changes(cast: Cast) -> None:
    for name in ("One", "Two", ""):
        change_branding(cast.fabrikam, actor=cast.alice, brand_name=name)
    slugs = set()
    for partner, actor in ((cast.fabrikam, cast.alice), (cast.litware, cast.charlie)):
        change_branding(partner, actor=actor, brand_name="Cloud")
        slugs.add(Partner.objects.get(pk=partner.pk).brand_slug)
    assert len(slugs) == 2


def test_a_help_contact_alone_makes_no_address(cast: Cast) -> None:
    change_branding(cast.fabrikam, actor=cast.alice, help_phone="+1 555 0100")
    cast.fabrikam.refresh_from_db()
    assert (cast.fabrikam.brand_slug, cast.fabrikam.shown_name) == ("", "Fabrikam")


def test_a_logo_is_removed_with_its_picture(cast: Cast) -> None:
    change_branding(cast.fabrikam, actor=cast.alice, logo=read_picture(picture()))
    assert change_branding(cast.fabrikam, actor=cast.alice, logo_digest="") == ["logo_digest"]
    cast.fabrikam.refresh_from_db()
    assert (cast.fabrikam.logo_digest, cast.fabrikam.logo_width) == ("", 0)
    assert not Logo.objects.exists()


def test_nobody_changes_the_branding_of_another_partner(cast: Cast) -> None:
    for user in (cast.charlie, cast.bob, cast.gail, cast.uma):
        with pytest.raises(Refused):
            change_branding(cast.fabrikam, actor=user, brand_name="Mine")
    # What is no part of it is left as it was.
    change_branding(cast.fabrikam, actor=cast.alice, name="Mine", brand_slug="mine")
    cast.fabrikam.refresh_from_db()
    assert (cast.fabrikam.name, cast.fabrikam.brand_slug) == ("Fabrikam", "")


@pytest.fixture
def hosts(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = [".fabrikam.example", "portal.litware.example", "localhost"]


def test_host_names_are_given_by_support_staff(cast: Cast, hosts: None) -> None:
    names = [" Portal.Fabrikam.example", "", "portal.fabrikam.example", "my.fabrikam.example"]
    changed = set_host_names(cast.fabrikam, names, actor=cast.support)
    assert changed == ["my.fabrikam.example", "portal.fabrikam.example"]
    with pytest.raises(Refused, match="Someone else changed this to") as caught:
        set_host_names(cast.fabrikam, [], actor=cast.support, seen=names[:1])
    assert (caught.value.code, caught.value.field) == ("changed-meanwhile", "host_names")
    assert set_host_names(cast.fabrikam, names, actor=cast.support) == []
    assert set_host_names(cast.fabrikam, ["my.fabrikam.example"], actor=cast.support) == [
        "portal.fabrikam.example"
    ]
    events = AuditEvent.objects.filter(action="partner.changed").order_by("pk")
    assert [event.changes["host_names"][1] for event in events] == [
        "portal.fabrikam.example, my.fabrikam.example",
        "my.fabrikam.example",
    ]
    for user in (cast.alice, cast.charlie, cast.gail):
        with pytest.raises(Refused, match="Only support staff can do this"):
            set_host_names(cast.fabrikam, [], actor=user)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("elsewhere.example", "Add it to ALLOWED_HOSTS"),
        ("localhost", "can't be a partner's host name"),
        ("portal.fabrikam.example:8000", "can't be a partner's host name"),
        ("https://portal.fabrikam.example", "can't be a partner's host name"),
        (".fabrikam.example", "can't be a partner's host name"),
        ("a" * 300 + ".fabrikam.example", "can't be a partner's host name"),
        ("taken.fabrikam.example", "another partner's"),
    ],
)
def test_what_can_be_no_host_name_is_refused(cast: Cast, hosts: None, name: str, text: str) -> None:
    set_host_names(cast.litware, ["taken.fabrikam.example"], actor=cast.support)
    with pytest.raises(Refused, match=re.escape(text)) as refused:
        set_host_names(cast.fabrikam, [name], actor=cast.support)
    assert (refused.value.code, refused.value.field) == ("host-not-taken", "host_names")
    assert not cast.fabrikam.host_names.exists()


def test_what_no_longer_is_as_it_was_seen_is_refused_at_its_field(cast: Cast) -> None:
    by = cast.support
    change_partner(cast.fabrikam, actor=by, help_note="Weekdays\n8 to 17")
    with pytest.raises(Refused, match="“US”") as refused:
        change_partner(cast.fabrikam, actor=by, country="SE", seen={"country": "NO"})
    assert (refused.value.field, refused.value.code) == ("country", "changed-meanwhile")
    seen = {"help_note": "Weekdays\r\n8 to 17", "country": "NO"}
    # What is not changed may be otherwise, and what is so already is no change.
    assert change_partner(cast.fabrikam, actor=by, help_note="", country="US", seen=seen) == [
        "help_note"
    ]
    with pytest.raises(Refused, match="the logo") as refused:
        change_partner(
            cast.fabrikam,
            actor=by,
            logo=read_picture(picture()),
            seen={"logo_digest": "another"},
        )
    assert refused.value.field == "logo"
    assert Partner.objects.get(pk=cast.fabrikam.pk).logo_digest == ""
