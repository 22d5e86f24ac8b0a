"""What the pages of rules and of reviews share."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.support.cast import Cast


@pytest.mark.parametrize("name, found", [("rule-add", "form"), ("review-list", "rows")])
def test_a_page_has_what_its_handler_found_and_who_looks(
    alice: Client, cast: Cast, name: str, found: str
) -> None:
    page = alice.get(reverse(f"automation:{name}", args=[cast.contoso.pk]))
    assert found in page.context
    assert page.context["view"].actor == cast.alice
