"""Exceptions to a rule, by user name or from the page of a user."""

from django.urls import reverse

from automation.models import RuleException
from automation.services.rules import add_exceptions

from .conftest import Shop, text_of


def test_the_page_says_what_the_user_loses(shop: Shop) -> None:
    shop.switch_on()
    sam = shop.sales[0]
    page = shop.client.get(shop.at("exception-add"), {"user_name": sam.user_name.upper()})
    assert page.context["products"] == ["Mail"]
    values = {"user_name": sam.user_name, "key": page.context["key"], "reason": "on leave"}
    first = shop.client.post(shop.at("exception-add"), values)
    assert "/batches/" in first.headers["Location"]
    assert shop.holders(shop.mail) == shop.names() - {sam.display_name}
    again = shop.client.post(shop.at("exception-add"), values)
    assert again.headers["Location"] == first.headers["Location"]


def test_of_a_rule_that_is_off_nothing_else_changes(shop: Shop) -> None:
    sam = shop.sales[0]
    page = shop.client.get(shop.at("exception-add"), {"user_name": sam.user_name})
    assert "No license changes now." in text_of(page)
    page = shop.client.post(shop.at("exception-add"), {"user_name": sam.user_name}, follow=True)
    assert "is an exception to this rule." in text_of(page)
    assert RuleException.objects.get().user == sam


def test_an_unknown_user_is_said_at_the_field(shop: Shop) -> None:
    for name in ("nobody@contoso.example", "alice@fabrikam.example", ""):
        page = shop.client.get(shop.at("exception-add"), {"user_name": name})
        assert page.context["form"].errors["user_name"], name
        page = shop.client.post(shop.at("exception-add"), {"user_name": name})
        assert page.context["form"].errors["user_name"], name
    assert not RuleException.objects.exists()


def test_who_is_one_already_leads_to_the_list(shop: Shop) -> None:
    add_exceptions(shop.rule, [shop.sales[0]], actor=shop.cast.alice)
    page = shop.client.get(
        shop.at("exception-add"), {"user_name": shop.sales[0].user_name}, follow=True
    )
    assert "is already an exception." in text_of(page)


def test_an_exception_is_removed_and_the_license_comes_back(shop: Shop) -> None:
    sam = shop.sales[0]
    shop.switch_on()
    add_exceptions(shop.rule, [sam], actor=shop.cast.alice)
    done = shop.client.post(shop.at("exception-remove", sam.pk))
    assert "/batches/" in done.headers["Location"]
    assert shop.holders(shop.mail) == shop.names()


def test_one_leads_back_to_where_it_was_removed(shop: Shop) -> None:
    sam = shop.sales[0]
    add_exceptions(shop.rule, [sam], actor=shop.cast.alice)
    back = reverse("accounts:user-detail", args=[shop.cast.contoso.pk, sam.pk])
    for _click in range(2):
        done = shop.client.post(shop.at("exception-remove", sam.pk), {"next": back})
        assert done.headers["Location"] == back
    other = shop.client.post(shop.at("exception-remove", sam.pk), {"next": "//evil.example"})
    assert other.headers["Location"] == f"{shop.at('rule-detail')}?state=exceptions"
