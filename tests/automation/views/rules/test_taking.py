"""Manage licenses, where a rule gives what is to be taken: it says so, and offers an exception."""

from typing import Any

from django.urls import reverse

from automation.models import KeptLicense, RuleException

from .conftest import Shop, text_of


def test_what_a_rule_gives_is_taken_with_an_exception_alone(shop: Shop) -> None:
    shop.switch_on()
    sam = shop.sales[0]
    page = reverse("accounts:license-manage", args=[shop.cast.contoso.pk])
    shown = shop.client.get(page, {"user": sam.pk})
    sent: dict[str, Any] = {
        "key": shown.context["key"],
        "gone": "0",
        "frozen": shown.context["view"].frozen,
        "seen": shown.context["form"].seen,
        "on": [],
    }
    refused = shop.client.post(f"{page}?user={sam.pk}", sent)
    assert "Mail is given by the license rule “Sellers”" in text_of(refused)
    assert "Save and make exceptions" in text_of(refused)
    assert shop.holders(shop.mail) == shop.names()
    key = refused.context["key"]
    done = shop.client.post(f"{page}?user={sam.pk}", sent | {"key": key, "exceptions": "1"})
    assert done.headers["Location"].endswith(f"/users/{sam.pk}/")
    assert shop.holders(shop.mail) == shop.names() - {sam.display_name}
    assert RuleException.objects.get().user == sam
    assert not KeptLicense.objects.filter(user=sam).exists()
