"""What the activity log knows of applications: each verb, and the events that it writes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils import timezone

from applications.models import Application, AppSession
from applications.services.applications import (
    Facts,
    add_application,
    change_application,
    remove_application,
    renew_secret,
    switch_application,
)
from applications.services.provisioning.setting_up import (
    Connection,
    set_up,
    switch_provisioning,
)
from applications.services.sessions import (
    end_app_sessions,
    end_app_sessions_from,
    refuse_entry,
    sign_out_everywhere,
    start_session,
)
from tests.factories import ApplicationFactory

WIKI = Facts(
    name="Wiki",
    start_url="https://wiki.example/",
    everyone=True,
    redirect_uris=["https://wiki.example/callback"],
)


def _wiki(stage: Any) -> Application:
    return add_application(WIKI, actor=stage.alice).application


def _session(stage: Any) -> AppSession:
    application = ApplicationFactory.create(partner=stage.partner)
    now = timezone.now()
    return start_session(application, actor=stage.alice, session_key="key", auth_time=now)


def _provisioned(stage: Any) -> Application:
    application = ApplicationFactory.create(partner=stage.partner)
    set_up(application, Connection("https://wiki.example/scim", "secret"), actor=stage.alice)
    return application


APPLICATIONS: dict[str, tuple[Callable[[Any], Any], list[str], bool]] = {
    "add_application": (_wiki, ["application.added"], False),
    "change_application": (
        lambda s: change_application(_wiki(s), replace(WIKI, name="Handbook"), actor=s.alice),
        ["application.changed"],
        True,
    ),
    "renew_secret": (
        lambda s: renew_secret(_wiki(s), actor=s.alice),
        ["application.secret_renewed"],
        False,
    ),
    "switch_application": (
        lambda s: switch_application(_wiki(s), on=False, actor=s.alice),
        ["application.switched"],
        True,
    ),
    "remove_application": (
        lambda s: remove_application(_wiki(s), actor=s.alice),
        ["application.removed"],
        False,
    ),
    "set_up": (_provisioned, ["application.changed"], True),
    "switch_provisioning": (
        lambda s: switch_provisioning(_provisioned(s), on=True, actor=s.alice),
        ["application.changed"],
        True,
    ),
    "start_session": (_session, ["application.signed_in"], False),
    "refuse_entry": (
        lambda s: refuse_entry(_wiki(s), actor=s.alice),
        ["application.refused"],
        False,
    ),
    "end_app_sessions": (
        lambda s: end_app_sessions([_session(s)], actor=s.alice),
        ["application.signed_out"],
        False,
    ),
    "end_app_sessions_from": (
        lambda s: [_session(s), end_app_sessions_from(["key"], actor=s.alice)],
        ["application.signed_out"],
        False,
    ),
    "sign_out_everywhere": (
        lambda s: sign_out_everywhere(s.uma, **s.at),
        ["application.signed_out"],
        False,
    ),
}
