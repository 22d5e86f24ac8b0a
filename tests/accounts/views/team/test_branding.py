"""Branding: what the partner's users see, and whom they call."""

from base64 import b64encode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from customers.branding.pictures import LOGO_BYTES, read_picture
from customers.forms.partner import BrandingForm
from customers.models import AuditEvent, Partner
from customers.services.partners import change_branding
from tests.customers.branding.pictures import picture, png_bomb
from tests.support.cast import Cast
from tests.support.html import problems

PAGE = "/team/branding/"
PHONE = "+1 555 0100"


@pytest.fixture
def alice(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def sent(client: Client, **changed: str) -> dict[str, str]:
    """What the page's form sends, as it opened."""
    form = client.get(PAGE).context["form"]
    return {name: str(form[name].value() or "") for name in form.fields} | changed


def test_it_is_saved_cleared_and_in_the_log(alice: Client, cast: Cast) -> None:
    assert problems(alice.get(PAGE).content.decode()) == []
    contact = {"help_phone": PHONE, "help_email": "help@fabrikam.example", "help_note": "8 to 17"}
    response = alice.post(PAGE, sent(alice, **contact), follow=True)
    assert "Branding and help contact are saved." in response.content.decode()
    cast.fabrikam.refresh_from_db()
    assert cast.fabrikam.help_line == f"{PHONE} · help@fabrikam.example · 8 to 17"
    event = AuditEvent.objects.get(action="partner.changed")
    assert event.changes["help_phone"] == ["", PHONE]
    again = alice.post(PAGE, sent(alice), follow=True)
    assert AuditEvent.objects.filter(action="partner.changed").count() == 1
    assert "Branding and help contact are saved." not in again.content.decode()
    alice.post(PAGE, sent(alice, help_phone="", help_email="", help_note=""))
    cast.fabrikam.refresh_from_db()
    assert cast.fabrikam.help_line == ""


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("help_phone", "call me", "Enter a phone number such as +1 555 0100."),
        ("help_phone", "5" * 41, "Shorten this to 40 characters or fewer"),
        ("help_email", "help", "Enter an email address such as name@example.com."),
        ("help_note", "x" * 121, "Shorten this to 120 characters or fewer"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    alice: Client, cast: Cast, field: str, value: str, text: str
) -> None:
    response = alice.post(PAGE, sent(alice, **{field: value}))
    assert text in str(response.context["form"].errors[field])
    assert problems(response.content.decode()) == []
    cast.fabrikam.refresh_from_db()
    assert cast.fabrikam.help_line == ""


def test_what_a_colleague_changed_meanwhile_needs_a_second_save(alice: Client, cast: Cast) -> None:
    opened = sent(alice, help_phone=PHONE)
    Partner.objects.filter(pk=cast.fabrikam.pk).update(help_phone="+46 8 1")
    response = alice.post(PAGE, opened)
    form = response.context["form"]
    assert "Someone else changed this to “+46 8 1”" in str(form.errors["help_phone"])
    again = {name: str(form[name].value() or "") for name in form.fields}
    alice.post(PAGE, again)
    cast.fabrikam.refresh_from_db()
    assert cast.fabrikam.help_phone == PHONE


def test_the_old_address_leads_here(alice: Client) -> None:
    assert alice.get("/team/help-contact/").headers["Location"] == PAGE


def upload(client: Client, data: bytes, **changed: str) -> HttpResponse:
    file = SimpleUploadedFile("logo.png", data, "image/png")
    return client.post(PAGE, sent(client, **changed) | {"logo": file})  # type: ignore[return-value]


def logo_of(cast: Cast) -> str:
    cast.fabrikam.refresh_from_db()
    return cast.fabrikam.logo_digest


def test_a_logo_and_a_color_are_saved_and_reset_without_the_help_contact(
    alice: Client, cast: Cast
) -> None:
    page = alice.get(PAGE).content.decode()
    assert ("Reset look" in page, "Remove logo" in page) == (False, False)
    upload(alice, picture(), brand_color="F00", help_phone=PHONE)
    assert logo_of(cast) == read_picture(picture()).digest
    assert cast.fabrikam.brand_color == "#ff0000"
    page = alice.get(PAGE).content.decode()
    assert f"/accounts/login/?partner={cast.fabrikam.brand_slug}" in page
    assert problems(page) == []
    alice.post(PAGE, {"reset": "1"}, follow=True)
    assert logo_of(cast) == ""
    assert (cast.fabrikam.brand_color, cast.fabrikam.help_phone) == ("", PHONE)
    events = AuditEvent.objects.filter(action="partner.changed").order_by("pk")
    assert [set(event.changes) for event in events] == [
        {"brand_color", "logo_digest", "help_phone"},
        {"brand_color", "logo_digest"},
    ]
    again = alice.post(PAGE, {"reset": "1"}, follow=True).content.decode()
    assert "own name, logo and colors are shown" not in again
    assert events.count() == 2


def test_a_logo_is_removed_by_its_box(alice: Client, cast: Cast) -> None:
    upload(alice, picture())
    alice.post(PAGE, sent(alice) | {"remove_logo": "on"})
    assert logo_of(cast) == ""


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG files are not accepted"),
        (b"", "This logo file is empty. Choose another one."),
        (b"x" * 2_000, "Upload a PNG, JPEG or WebP file."),
        (b"x" * (LOGO_BYTES + 1), "This file is larger than 1 MB."),
        (b"x" * (5 * LOGO_BYTES), "This file is larger than 1 MB."),
        (png_bomb(60_000, 60_000), "This image has too many pixels."),
    ],
)
def test_what_is_no_logo_is_said_at_the_field(
    alice: Client, cast: Cast, data: bytes, text: str
) -> None:
    response = upload(alice, data, brand_name="Kept as typed")
    form = response.context["form"]  # type: ignore[attr-defined]
    assert text in str(form.errors["logo"])
    assert form["brand_name"].value() == "Kept as typed"
    assert logo_of(cast) == ""


@pytest.mark.parametrize(
    "color", ["red", "#12345", "rgb(0,0,0)", "#gggggg", "1f5bc9;}", "#1f5bc9ff"]
)
def test_what_is_no_color_is_said_at_the_field(alice: Client, cast: Cast, color: str) -> None:
    form = alice.post(PAGE, sent(alice, brand_color=color)).context["form"]
    assert "Enter a color as # and six digits or letters" in str(form.errors["brand_color"])


def test_a_preview_saves_nothing_and_keeps_the_logo_for_save(alice: Client, cast: Cast) -> None:
    response = upload(alice, picture(), brand_color="#ffb000", preview="1")
    assert logo_of(cast) == ""
    page = response.content.decode()
    assert "data:image/png;base64," in page
    assert "/branding/colors/1/ffb000/preview.css" in page
    assert problems(page) == []
    form = response.context["form"]  # type: ignore[attr-defined]
    kept = {name: str(form[name].value() or "") for name in form.fields if name != "logo"}
    alice.post(PAGE, kept | {"kept_logo": response.context["kept_logo"]})  # type: ignore[attr-defined]
    assert logo_of(cast) == read_picture(picture()).digest


def test_what_is_sent_as_a_kept_logo_is_judged_as_a_file_is(alice: Client, cast: Cast) -> None:
    for wrong in (
        "no base64!",
        b64encode(b"<svg/>").decode(),
        b64encode(png_bomb(9**5, 9)).decode(),
    ):
        alice.post(PAGE, sent(alice) | {"kept_logo": wrong})
    assert logo_of(cast) == ""


def test_two_who_change_the_logo_at_once_are_told(alice: Client, cast: Cast) -> None:
    opened = sent(alice)
    change_branding(cast.fabrikam, actor=cast.alice, logo=read_picture(picture(color=(1, 2, 3))))
    first = logo_of(cast)
    file = SimpleUploadedFile("logo.png", picture(), "image/png")
    response = alice.post(PAGE, opened | {"logo": file})
    form = response.context["form"]
    assert "Someone else changed the logo while you were editing" in str(form.errors["logo"])
    assert logo_of(cast) == first
    again = {name: str(form[name].value() or "") for name in form.fields if name != "logo"}
    again["remove_logo"] = ""
    alice.post(PAGE, again | {"kept_logo": response.context["kept_logo"]})
    assert logo_of(cast) == read_picture(picture()).digest


def test_who_changed_another_field_keeps_the_colleagues_logo(alice: Client, cast: Cast) -> None:
    opened = sent(alice, brand_name="Fabrikam Cloud")
    change_branding(cast.fabrikam, actor=cast.alice, logo=read_picture(picture()))
    alice.post(PAGE, opened)
    assert logo_of(cast) == read_picture(picture()).digest
    assert cast.fabrikam.brand_name == "Fabrikam Cloud"


def test_a_change_of_the_last_moment_is_told_too_and_the_file_is_kept(
    alice: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = BrandingForm.changes

    def first_a_colleague(form: BrandingForm) -> dict[str, str]:
        # The form has read the row by now.
        Partner.objects.filter(pk=cast.fabrikam.pk).update(help_phone="+46 8 1")
        return real(form)

    opened = sent(alice, help_phone=PHONE)
    monkeypatch.setattr(BrandingForm, "changes", first_a_colleague)
    file = SimpleUploadedFile("logo.png", picture(), "image/png")
    response = alice.post(PAGE, opened | {"logo": file})
    form = response.context["form"]
    assert "Someone else changed this to “+46 8 1”" in str(form.errors["help_phone"])
    assert (logo_of(cast), bool(response.context["kept_logo"])) == ("", True)
    again = {name: str(form[name].value() or "") for name in form.fields if name != "logo"}
    alice.post(PAGE, again | {"kept_logo": response.context["kept_logo"], "remove_logo": ""})
    assert logo_of(cast) == read_picture(picture()).digest
    assert cast.fabrikam.help_phone == PHONE


def test_the_logo_that_the_page_had_replaces_a_colleagues_after_a_second_save(
    alice: Client, cast: Cast
) -> None:
    first = picture(color=(1, 2, 3))
    change_branding(cast.fabrikam, actor=cast.alice, logo=read_picture(first))
    opened = sent(alice)
    change_branding(cast.fabrikam, actor=cast.alice, logo=read_picture(picture()))
    file = SimpleUploadedFile("logo.png", first, "image/png")
    response = alice.post(PAGE, opened | {"logo": file})
    form = response.context["form"]
    assert "Someone else changed the logo while you were editing" in str(form.errors["logo"])
    again = {name: str(form[name].value() or "") for name in form.fields if name != "logo"}
    alice.post(PAGE, again | {"kept_logo": response.context["kept_logo"], "remove_logo": ""})
    assert logo_of(cast) == read_picture(first).digest
