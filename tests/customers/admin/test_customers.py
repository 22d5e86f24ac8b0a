"""Customers and domains in the admin, and what leaves it as a file."""

from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client, RequestFactory
from pytest_django import Settings
from pytest_django.asserts import assertContains

from customers.actions import Action
from customers.admin.customers import PartnerAdmin
from customers.branding.pictures import read_picture
from customers.branding.rows import HostName
from customers.errors import Refused
from customers.formats import LOGO_REPLACED
from customers.models import AuditEvent, Customer, Domain, Partner
from customers.services.partners import change_branding, change_partner
from tests.customers.branding.pictures import picture
from tests.factories import DomainFactory, SupportFactory
from tests.support.admin import act, address, errors, told, typed
from tests.support.cast import Cast

DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "'kept"]


@pytest.fixture
def support(client: Client, cast: Cast) -> Client:
    client.force_login(cast.support)
    return client


def test_a_customer_changes_through_the_service(support: Client, cast: Cast) -> None:
    url = address(Customer, "change", cast.contoso.pk)
    values = typed(support.get(url))
    page = support.post(url, {**values, "name": "NORTHWIND"})
    assert "You already have a customer named NORTHWIND." in str(errors(page))
    support.post(url, {**values, "name": "Contoso Ltd", "active_users": 99, "partner": 0})
    customer = Customer.objects.get(pk=cast.contoso.pk)
    assert (customer.name, customer.active_users, customer.partner) == (
        "Contoso Ltd",
        2,
        cast.fabrikam,
    )
    event = AuditEvent.objects.get(action=Action.CUSTOMER_CHANGED)
    assert event.changes == {"name": ["Contoso", "Contoso Ltd"]}


def test_domains_are_added_made_primary_and_removed(support: Client, cast: Cast) -> None:
    values = {"customer": cast.contoso.pk, "name": "contoso-shop.example"}
    support.post(address(Domain, "add"), values)
    assert errors(support.post(address(Domain, "add"), values)) != {}
    first, second = cast.contoso.domains.order_by("pk")
    act(support, "make_primary", second)
    assert cast.contoso.domains.get(is_primary=True) == second
    response = support.post(address(Domain, "delete", first.pk), {"post": "yes"})
    assert "Users have user names with contoso.example." in told(response)[-1]
    act(support, "make_primary", first)
    act(support, "delete_selected", second, confirmed="yes")
    assert list(cast.contoso.domains.all()) == [first]
    actions = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == [
        Action.DOMAIN_ADDED,
        Action.DOMAIN_PRIMARY,
        Action.DOMAIN_PRIMARY,
        Action.DOMAIN_REMOVED,
    ]


def test_a_partners_domain_stays(support: Client, cast: Cast) -> None:
    domain = DomainFactory.create(partner=cast.fabrikam, customer=None, name="fab.example")
    assert support.post(address(Domain, "delete", domain.pk), {"post": "yes"}).status_code == 403


def test_a_group_changes_in_the_log_and_the_portals_roles_stay(support: Client, cast: Cast) -> None:
    view = Permission.objects.get(codename="view_user")
    support.post(address(Group, "add"), {"name": "Readers", "permissions": [view.pk]})
    readers = Group.objects.get(name="Readers")
    assert list(readers.permissions.all()) == [view]
    assert AuditEvent.objects.get().changes["permissions"] == [[], ["view_user"]]
    page = support.post(address(Group, "add"), {"name": "readers", "permissions": []})
    assert page.status_code == 302
    role = Group.objects.get(name="Account admin")
    assert "_save" not in support.get(address(Group, "change", role.pk)).content.decode()
    assert support.post(address(Group, "delete", role.pk), {"post": "yes"}).status_code == 403
    SupportFactory.create(is_superuser=False).groups.add(readers)
    support.post(address(Group, "delete", readers.pk), {"post": "yes"})
    assert Group.objects.filter(pk=readers.pk).exists()


def test_support_staff_set_look_and_host_names_of_a_partner(
    support: Client, cast: Cast, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "portal.fabrikam.example"]
    url = address(Partner, "change", cast.fabrikam.pk)
    values = typed(support.get(url)) | {"brand_name": "Fabrikam Cloud", "brand_color": "F00"}
    names = {"host_names": "portal.fabrikam.example\n\n"}
    logo = SimpleUploadedFile("logo.png", picture(), "image/png")
    assert support.post(url, {**values, **names, "logo": logo}).status_code == 302
    partner = Partner.objects.get(pk=cast.fabrikam.pk)
    assert (partner.shown_name, partner.brand_color) == ("Fabrikam Cloud", "#ff0000")
    assert partner.logo_digest == read_picture(picture()).digest
    assert [host.name for host in partner.host_names.all()] == ["portal.fabrikam.example"]
    wrong = {**typed(support.get(url)), "host_names": "elsewhere.example"}
    assert "Add it to ALLOWED_HOSTS" in str(errors(support.post(url, wrong))["host_names"])
    svg = SimpleUploadedFile("logo.svg", b"<svg/>", "image/svg+xml")
    page = support.post(url, {**typed(support.get(url)), "logo": svg})
    assert "SVG files are not accepted" in str(errors(page)["logo"])
    support.post(url, {**typed(support.get(url)), "remove_logo": "on", "host_names": ""})
    partner = Partner.objects.get(pk=cast.fabrikam.pk)
    assert (partner.logo_digest, partner.host_names.count()) == ("", 0)
    assert AuditEvent.objects.filter(action=Action.PARTNER_CHANGED).count() == 4


def test_what_a_partner_has_saved_meanwhile_stays(
    support: Client, cast: Cast, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "portal.fabrikam.example"]
    change_branding(cast.fabrikam, actor=cast.alice, brand_name="Fab", help_phone="1")
    url = address(Partner, "change", cast.fabrikam.pk)
    page = support.get(url)
    opened = typed(page)
    assertContains(page, '<input type="hidden" name="initial-brand_name" value="Fab"')
    change_branding(cast.fabrikam, actor=cast.alice, brand_name="Fabrikam Cloud", help_phone="")
    sent = {**opened, "help_note": "Weekdays", "host_names": "portal.fabrikam.example"}
    assert support.post(url, sent).status_code == 302
    partner = Partner.objects.get(pk=cast.fabrikam.pk)
    assert (partner.brand_name, partner.help_phone) == ("Fabrikam Cloud", "")
    assert (partner.help_note, partner.host_names.count()) == ("Weekdays", 1)
    assert support.post(url, typed(support.get(url)) | {"brand_name": ""}).status_code == 302
    assert Partner.objects.get(pk=cast.fabrikam.pk).brand_name == ""


def test_of_two_who_change_one_field_the_second_is_told_and_saves_again(
    support: Client, cast: Cast, settings: Settings
) -> None:
    one, two = "one.fabrikam.example", "two.fabrikam.example"
    settings.ALLOWED_HOSTS = ["testserver", one, two]
    url = address(Partner, "change", cast.fabrikam.pk)
    opened = typed(support.get(url))
    first = {**opened, "host_names": one, "country": "SE", "help_note": "Weekdays"}
    assert support.post(url, first).status_code == 302
    second = {**opened, "host_names": two, "country": "NO", "help_note": "Weekdays"}
    page = support.post(url, second | {"brand_name": "Fab"})
    found = errors(page)
    assert found.keys() == {"host_names", "country"}
    assert found["host_names"] == [
        f"Someone else changed this to “{one}” while you were editing. Save again to replace it."
    ]
    assert "“Sweden”" in found["country"][0]
    partner = Partner.objects.get(pk=cast.fabrikam.pk)
    assert [host.name for host in partner.host_names.all()] == [one]
    assert (partner.country, partner.brand_name) == ("SE", "")
    # What the page has now was seen, and so it is meant.
    assertContains(page, f'<input type="hidden" name="initial-host_names" value="{one}"')
    assertContains(page, '<input type="hidden" name="initial-country" value="SE"')
    seen = {"initial-host_names": one, "initial-country": "SE", "brand_name": "Fab"}
    assert support.post(url, second | seen).status_code == 302
    partner = Partner.objects.get(pk=cast.fabrikam.pk)
    assert [host.name for host in partner.host_names.all()] == [two]
    assert (partner.country, partner.brand_name) == ("NO", "Fab")


def test_of_two_who_replace_the_logo_the_second_is_told(support: Client, cast: Cast) -> None:
    url = address(Partner, "change", cast.fabrikam.pk)
    opened = typed(support.get(url))
    navy, maroon = (0, 0, 90), (90, 0, 0)

    def send(color: tuple[int, int, int], **more: Any) -> Any:
        logo = SimpleUploadedFile("logo.png", picture(color=color), "image/png")
        return support.post(url, {**opened, "logo": logo, **more})

    assert send(navy).status_code == 302
    first = Partner.objects.get(pk=cast.fabrikam.pk).logo_digest
    page = send(maroon)
    assert errors(page) == {"logo": [str(LOGO_REPLACED)]}
    assertContains(page, f'<input type="hidden" name="seen_logo" value="{first}"')
    assert Partner.objects.get(pk=cast.fabrikam.pk).logo_digest == first
    # The same logo is no clash, and another field leaves the logo alone.
    assert send(navy).status_code == 302
    assert support.post(url, {**opened, "help_note": "Weekdays"}).status_code == 302
    assert Partner.objects.get(pk=cast.fabrikam.pk).logo_digest == first
    page = support.post(url, {**opened, "remove_logo": "on"})
    assert "Save again to replace it." in errors(page)["logo"][0]
    assert support.post(url, {**opened, "remove_logo": "on", "seen_logo": first}).status_code == 302
    assert send(maroon).status_code == 302
    last = Partner.objects.get(pk=cast.fabrikam.pk).logo_digest
    assert last not in {"", first}
    changed = [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")]
    assert changed == [
        "Changed Logo.",
        "Changed Logo.",
        "Changed Help note.",
        "Changed Remove logo.",
        "Changed Logo.",
    ]


def test_the_logo_that_the_page_had_can_be_chosen_again(support: Client, cast: Cast) -> None:
    first = picture(color=(1, 2, 3))
    change_branding(cast.fabrikam, actor=cast.alice, logo=read_picture(first))
    url = address(Partner, "change", cast.fabrikam.pk)
    opened = typed(support.get(url))
    change_branding(cast.fabrikam, actor=cast.alice, logo=read_picture(picture()))

    def send(**more: Any) -> Any:
        return support.post(url, {**opened, **more, "logo": SimpleUploadedFile("logo.png", first)})

    assert errors(send()) == {"logo": [str(LOGO_REPLACED)]}
    stands = Partner.objects.get(pk=cast.fabrikam.pk).logo_digest
    assert send(seen_logo=stands).status_code == 302
    assert Partner.objects.get(pk=cast.fabrikam.pk).logo_digest == read_picture(first).digest


def test_a_change_after_the_form_was_looked_at_is_found_under_the_lock(
    support: Client, cast: Cast, rf: RequestFactory
) -> None:
    opened = typed(support.get(address(Partner, "change", cast.fabrikam.pk)))
    request: Any = rf.post("/")
    request.user = cast.support
    admin = PartnerAdmin(Partner, site)
    for field, ours, theirs in (
        ("help_note", "Weekdays", "At night"),
        ("country", "SE", "NO"),
        ("brand_name", "Fab", "Cloud"),
    ):
        row = Partner.objects.get(pk=cast.fabrikam.pk)
        sent = QueryDict(mutable=True)
        sent.update({**opened, field: ours})
        form = admin.get_form(request, row, change=True)(sent, instance=row)
        assert form.is_valid(), form.errors
        values: dict[str, Any] = {field: theirs}
        change_partner(cast.fabrikam, actor=cast.support, **values)
        with pytest.raises(Refused, match="Someone else changed this") as refused:
            admin.write(request, row, form, change=True)
        assert (refused.value.field, refused.value.code) == (field, "changed-meanwhile")


def test_other_line_ends_of_a_note_are_no_clash(support: Client, cast: Cast) -> None:
    change_partner(cast.fabrikam, actor=cast.support, help_note="Weekdays\n8 to 17")
    url = address(Partner, "change", cast.fabrikam.pk)
    # As a browser sends it.
    opened = typed(support.get(url)) | {"initial-help_note": "Weekdays\r\n8 to 17"}
    assert support.post(url, {**opened, "help_note": "Weekdays 9 to 17"}).status_code == 302
    assert Partner.objects.get(pk=cast.fabrikam.pk).help_note == "Weekdays 9 to 17"


def test_who_wants_the_same_host_names_is_told_nothing(
    support: Client, cast: Cast, settings: Settings
) -> None:
    one, two = "one.fabrikam.example", "two.fabrikam.example"
    settings.ALLOWED_HOSTS = ["testserver", one, two]
    url = address(Partner, "change", cast.fabrikam.pk)
    opened = typed(support.get(url))
    for names in (f"{one}\r\n{two}", f"{two}\n\n {one} "):
        assert support.post(url, {**opened, "host_names": names}).status_code == 302
    assert cast.fabrikam.host_names.count() == 2
    assert AuditEvent.objects.filter(action=Action.PARTNER_CHANGED).count() == 1


def test_a_help_phone_is_held_to_the_rule_of_the_partners_page(support: Client, cast: Cast) -> None:
    url = address(Partner, "change", cast.fabrikam.pk)
    for wrong in ("call me", "+", "+1 555 0100\nBcc: x", "x" * 41):
        page = support.post(url, typed(support.get(url)) | {"help_phone": wrong})
        assert errors(page).keys() == {"help_phone"}, wrong
    assert "Enter a phone number such as +1 555 0100." in str(
        errors(support.post(url, typed(support.get(url)) | {"help_phone": "call me"}))
    )
    right = typed(support.get(url)) | {"help_phone": "+1 (555) 01-00"}
    assert support.post(url, right).status_code == 302
    assert Partner.objects.get(pk=cast.fabrikam.pk).help_phone == "+1 (555) 01-00"


def test_who_may_only_look_at_a_partner_sees_its_host_names_and_no_field_for_a_logo(
    client: Client, cast: Cast
) -> None:
    HostName.objects.create(partner=cast.fabrikam, name="portal.fabrikam.example")
    helper = SupportFactory.create(is_superuser=False)
    helper.user_permissions.add(Permission.objects.get(codename="view_partner"))
    client.force_login(helper)
    page = client.get(address(Partner, "change", cast.fabrikam.pk))
    assertContains(page, "portal.fabrikam.example")
    shown = {name for line in page.context["adminform"] for each in line for name in each.fields}
    assert "host_names" in shown
    assert not shown & {"logo", "seen_logo", "remove_logo"}
