"""The forms of sources."""

from datetime import timedelta

from django.utils import timezone

from api.forms.sources import SourceForm, SourceSettingsForm, SourceTokenForm
from licensing.models import SubscriptionStatus
from tests.api.tokens import source_of
from tests.factories import SubscriptionFactory
from tests.support.cast import Cast


def test_active_subscriptions_of_the_customer_are_offered(cast: Cast) -> None:
    own = SubscriptionFactory.create(customer=cast.contoso)
    SubscriptionFactory.create(customer=cast.northwind)
    SubscriptionFactory.create(customer=cast.contoso, status=SubscriptionStatus.SUSPENDED)
    form = SourceForm({"name": " A\u200b ", "subscription": own.pk}, customer=cast.contoso)
    assert form.is_valid()
    assert list(form.fields["subscription"].queryset) == [own]  # type: ignore[attr-defined]
    assert (form.cleaned_data["name"], form.facts().subscription) == ("A", own)


def test_settings_show_what_the_source_does(cast: Cast) -> None:
    source = source_of(cast.contoso, cast.gail, takes_over=True)
    assert SourceSettingsForm.initial_of(source) == {"takes_over": True, "subscription": None}


def test_days_become_an_end() -> None:
    form = SourceTokenForm({"days": "9"})
    assert form.is_valid()
    assert abs(form.ends_at() - timezone.now() - timedelta(days=9)) < timedelta(minutes=1)
