"""The form of a webhook: all events in groups, each once, and what was sent read strictly."""

from typing import Any

import pytest
from django.http import QueryDict

from api.forms.webhooks import WebhookForm
from api.webhook_events import EventGroup
from customers.actions import Action
from tests.factories import WebhookFactory
from tests.support.cast import Cast


def form_of(cast: Cast, **sent: Any) -> WebhookForm:
    data = QueryDict(mutable=True)
    facts = {"name": "Billing", "address": "https://hooks.example/", "reach": "all"}
    for name, value in (facts | sent).items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return WebhookForm(data, partner=cast.fabrikam)


def test_every_event_has_a_box_in_one_group(cast: Cast) -> None:
    groups = WebhookForm(partner=cast.fabrikam).event_groups()
    assert [group.label for group in groups] == [str(group.label) for group in EventGroup]
    each = [box.data["value"] for group in groups for box in group.each]
    assert sorted(each) == sorted(Action)
    assert not any(group.is_open for group in groups)
    ids = [box.id_for_label for group in groups for box in (group.whole, *group.each)]
    assert len(set(ids)) == len(ids)


def test_a_group_of_which_some_are_chosen_is_open(cast: Cast) -> None:
    webhook = WebhookFactory.create(partner=cast.fabrikam, events=["user.added", "licenses.*"])
    groups = WebhookForm(partner=cast.fabrikam, webhook=webhook).event_groups()
    assert [group.label for group in groups if group.is_open] == ["Users"]
    assert [group.label for group in groups if group.whole.data["selected"]] == ["Licenses"]


def test_what_was_sent_becomes_facts(cast: Cast) -> None:
    form = form_of(cast, events=["user.added", "teams.*"])
    assert not form.is_valid()
    form = form_of(
        cast, events=["user.added"], reach="some", customers=[str(cast.contoso.pk)], seen="7"
    )
    assert form.is_valid()
    facts = form.facts()
    assert (facts.name, facts.address, facts.events) == (
        "Billing",
        "https://hooks.example/",
        ["user.added"],
    )
    assert (facts.customers, form.seen_version()) == ([cast.contoso], 7)
    assert form_of(cast, events=["user.added"]).is_valid()


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30])
def test_a_version_that_is_none_is_not_looked_at(cast: Cast, seen: str) -> None:
    form = form_of(cast, events=["user.added"], seen=seen)
    assert form.is_valid()
    assert form.seen_version() is None
