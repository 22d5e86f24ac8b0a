"""The forms of an upload: its file and options, and what each heading means."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from licensing.models import SubscriptionStatus
from tests.factories import SubscriptionFactory
from tests.support.cast import Cast
from uploads.forms import ColumnsForm, ExistingForm, UploadForm
from uploads.services import Existing, Licensing, Options


def form(cast: Cast, query: str, *, left_out: str = "", content: bytes = b"x") -> UploadForm:
    files = MultiValueDict({"file": [SimpleUploadedFile("people.csv", content)]} if content else {})
    return UploadForm(
        QueryDict(query), files, customer=cast.contoso, actor=cast.alice, left_out=left_out
    )


def test_what_is_chosen_becomes_options(cast: Cast) -> None:
    own = SubscriptionFactory.create(customer=cast.contoso)
    found = form(
        cast,
        f"permission=user&usage_location=NO&licenses={own.pk}&existing_details=on&existing_licenses=replace",
    )
    assert found.is_valid(), found.errors
    options = found.options()
    assert (options.usage_location, options.licenses) == ("NO", {own.pk: ()})
    assert options.existing == Existing(details=True, licenses=Licensing.REPLACE)
    assert found.upload().name == "people.csv"


def test_only_active_subscriptions_of_the_customer_are_offered(cast: Cast) -> None:
    own = SubscriptionFactory.create(customer=cast.contoso)
    other = SubscriptionFactory.create(customer=cast.northwind)
    SubscriptionFactory.create(customer=cast.contoso, status=SubscriptionStatus.SUSPENDED)
    assert [row.pk for row in form(cast, "").subscriptions] == [own.pk]
    assert "licenses" in form(cast, f"licenses={other.pk}").errors


def test_a_file_is_needed(cast: Cast) -> None:
    assert form(cast, "", content=b"").errors["file"] == ["Choose the file that has the users."]


def test_why_a_file_was_left_out_is_said_in_place_of_that_it_is_missing(cast: Cast) -> None:
    found = form(cast, "", content=b"", left_out="The file is larger than 64 MB.")
    assert found.errors["file"] == ["The file is larger than 64 MB."]


@pytest.mark.parametrize(("given", "restores"), [("yes", True), ("", False)])
def test_what_a_deleted_namesake_means_is_chosen_for_all(given: str, *, restores: bool) -> None:
    found = ExistingForm(QueryDict(f"restores={given}"), options=Options())
    assert found.is_valid(), found.errors
    assert bool(found.cleaned_data["restores"]) is restores


def test_the_form_shows_what_was_chosen_before() -> None:
    options = Options(existing=Existing(permissions=True, licenses=Licensing.ADD), restores=True)
    found = ExistingForm(options=options)
    assert found.initial == {
        "existing_details": False,
        "existing_permissions": True,
        "existing_licenses": "add",
        "restores": "yes",
    }


def test_each_heading_has_a_field(db: None) -> None:
    headings, matched = ["Wer", " ", "Pet"], ["user_name", "", ""]
    found = ColumnsForm(
        QueryDict("column-0=user_name&column-1=display_name"), headings=headings, matched=matched
    )
    assert [field.label for field in found.fields.values()] == ["Wer", "Column 2", "Pet"]
    assert found.is_valid(), found.errors
    assert found.columns() == ["user_name", "display_name", ""]


def test_a_column_that_there_is_not_cannot_be_chosen(db: None) -> None:
    found = ColumnsForm(QueryDict("column-0=shoe_size"), headings=["Wer"], matched=[""])
    assert "column-0" in found.errors
