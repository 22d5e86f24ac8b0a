"""What applications answered, told to each in their own language."""

from functools import partial

from django.urls import reverse
from django.utils import translation

from applications.models import Logout, Provision, Provisioning
from applications.services.logout_delivery import deliver_logouts
from applications.services.provisioning.comparing import compare
from applications.services.provisioning.converging import deliver_accounts
from applications.services.provisioning.wanting import reckon
from tests.applications.listener import Listener, Reply
from tests.applications.scim_server import ScimServer
from tests.applications.services.provisioning.runs import provisioned
from tests.customers.said.readers import body_for, check_retold, in_language
from tests.factories import ApplicationFactory, LogoutFactory
from tests.support.cast import Cast

STATUS = "The application answered with status %(status)s."
TOKEN = "The application doesn't accept the token: enter a new one."


def page_of(cast: Cast, address: str, language: str) -> str:
    return body_for(cast.alice, language, address)


def test_accounts_that_are_not_kept(cast: Cast, scim: ScimServer) -> None:
    wiki = provisioned(cast, scim.address)
    page = partial(page_of, cast, reverse("applications:application-provisioning", args=[wiki.pk]))
    scim.before = lambda asked: ("400 Bad Request", []) if asked.startswith("POST") else None
    with translation.override("de"):
        reckon(wiki)
        deliver_accounts(wiki.pk)
    assert Provision.objects.filter(reason__contains="400").exists()
    check_retold(page, STATUS, status=400)
    scim.before = lambda _asked: ("401 Unauthorized", [])
    Provision.objects.update(reason="", reason_said=None, tries=0, due_at="2020-01-01T00:00Z")
    with translation.override("de"):
        deliver_accounts(wiki.pk)
    assert Provisioning.objects.get().problem
    check_retold(page, TOKEN)


def test_a_comparison_that_could_not_be_made(cast: Cast, scim: ScimServer) -> None:
    wiki = provisioned(cast, scim.address)
    scim.before = lambda _asked: ("500 Internal Server Error", [])
    with translation.override("de"):
        assert not compare(wiki.pk)
    page = partial(page_of, cast, reverse("applications:application-provisioning", args=[wiki.pk]))
    check_retold(page, STATUS, status=500)


def test_a_session_whose_end_could_not_be_told(cast: Cast, listener: Listener) -> None:
    application = ApplicationFactory.create(partner=cast.fabrikam, logout_uri=listener.url)
    LogoutFactory.create(application=application, user=cast.uma)
    listener.answer = lambda _asked: Reply(400)
    with translation.override("de"):
        deliver_logouts(application.pk)

    def reason(language: str) -> str:
        with translation.override(language):
            return Logout.objects.get().reason

    check_retold(reason, STATUS, status=400)
    assert Logout.objects.values_list("reason", flat=True).get() == in_language(
        "de", STATUS, status=400
    )
