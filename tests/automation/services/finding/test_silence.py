"""Sources that no longer come and applications that take no accounts: told until they do again."""

from datetime import datetime, timedelta

from django.utils import timezone

from api.models import Source, Token
from applications.models import Provisioning
from automation.models import Notice
from automation.services.finding import find_silence
from tests.api.tokens import source_of, source_token
from tests.factories import ApplicationFactory, ProvisioningFactory
from tests.support.cast import Cast


def heard(source: Source, moment: datetime) -> None:
    Token.objects.filter(user=source.user).update(last_used_at=moment)


def test_a_source_that_goes_silent_is_told_once_until_it_is_back(cast: Cast) -> None:
    now = timezone.now()
    source = source_of(cast.contoso, cast.alice, name="Personio")
    source_token(source, cast.alice)
    # It has never come: it is being set up.
    assert find_silence(now) == 0
    heard(source, now)
    assert find_silence(now + timedelta(days=2, hours=23)) == 0
    # Alice and Gail look after users.
    assert find_silence(now + timedelta(days=3, hours=1)) == 2
    assert find_silence(now + timedelta(days=4)) == 0
    heard(source, now + timedelta(days=4))
    assert find_silence(now + timedelta(days=5)) == 0
    assert not Notice.objects.filter(ended_at=None).exists()
    assert find_silence(now + timedelta(days=9)) == 2
    notice = Notice.objects.filter(user=cast.alice).latest("pk")
    assert notice.facts["name"] == "Personio"
    assert notice.url.endswith(f"/sources/{source.pk}/")


def test_an_application_that_fails_again_and_again_is_told_to_those_who_set_it_up(
    cast: Cast,
) -> None:
    application = ApplicationFactory.create(partner=cast.fabrikam, name="Team Chat")
    ProvisioningFactory.create(application=application, is_on=True, tries=2, problem="No answer.")
    assert find_silence() == 0
    Provisioning.objects.update(tries=3)
    assert [find_silence(), find_silence()] == [1, 0]
    [notice] = Notice.objects.all()
    assert (notice.user, notice.facts, notice.customer) == (cast.alice, {"name": "Team Chat"}, None)
    Provisioning.objects.update(tries=0, problem="", problem_said=None)
    find_silence()
    assert Notice.objects.get().ended_at is not None
