"""What is done to a partner's applications, and to sign-ins to them."""

from dataclasses import replace

from django.utils import timezone

from accounts.models import User
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
    ask_comparison,
    set_up,
    switch_provisioning,
    try_again,
)
from applications.services.sessions import (
    end_app_sessions,
    end_app_sessions_from,
    hash_of_session,
    refuse_entry,
    sign_out_everywhere,
    start_session,
)
from tests.factories import AppSessionFactory
from tests.support import role_table
from tests.verbs.scene import Scene, Verb

WIKI = Facts(name="Wiki", start_url="https://wiki.example/", everyone=True)


def _application(scene: Scene) -> Application:
    return Application.objects.select_related("client").get(pk=scene.world.application.pk)


def _all_have_sessions(scene: Scene) -> None:
    for user in User.objects.all():
        AppSessionFactory.create(
            application=scene.world.application,
            user=user,
            session_key_hash=hash_of_session(f"key-{user.pk}"),
        )


APPLICATIONS: dict[str, Verb] = {
    "applications.services.applications.add_application": Verb(
        role_table.APPLICATIONS,
        lambda at, by: add_application(WIKI, partner=at.world.cast.fabrikam, actor=by),
    ),
    "applications.services.applications.change_application": Verb(
        role_table.APPLICATIONS,
        lambda at, by: change_application(_application(at), replace(WIKI, name="Other"), actor=by),
    ),
    "applications.services.applications.renew_secret": Verb(
        role_table.APPLICATIONS, lambda at, by: renew_secret(_application(at), actor=by)
    ),
    "applications.services.applications.switch_application": Verb(
        role_table.APPLICATIONS,
        lambda at, by: switch_application(_application(at), on=False, actor=by),
    ),
    "applications.services.applications.remove_application": Verb(
        role_table.APPLICATIONS, lambda at, by: remove_application(_application(at), actor=by)
    ),
    "applications.services.provisioning.setting_up.set_up": Verb(
        role_table.APPLICATIONS,
        lambda at, by: set_up(
            _application(at), Connection("https://wiki.example/scim", "secret"), actor=by
        ),
    ),
    "applications.services.provisioning.setting_up.switch_provisioning": Verb(
        role_table.APPLICATIONS,
        lambda at, by: switch_provisioning(_application(at), on=True, actor=by),
    ),
    "applications.services.provisioning.setting_up.try_again": Verb(
        role_table.APPLICATIONS,
        lambda at, by: try_again(_application(at), actor=by),
    ),
    "applications.services.provisioning.setting_up.ask_comparison": Verb(
        role_table.APPLICATIONS,
        lambda at, by: ask_comparison(_application(at), actor=by),
    ),
    "applications.services.sessions.sign_out_everywhere": Verb(
        role_table.USERS,
        lambda at, by: sign_out_everywhere(at.living, customer=at.contoso, actor=by),
        on_user=True,
    ),
    # Behind the gate, which has asked.
    "applications.services.sessions.start_session": Verb(
        "",
        lambda at, by: start_session(
            _application(at), actor=by, session_key="key", auth_time=timezone.now()
        ),
        oneself=True,
        unasked=True,
    ),
    "applications.services.sessions.refuse_entry": Verb(
        "",
        lambda at, by: refuse_entry(_application(at), actor=by),
        oneself=True,
        unasked=True,
    ),
    "applications.services.sessions.end_app_sessions": Verb(
        "",
        lambda _at, by: end_app_sessions(AppSession.objects.filter(user=by), actor=by),
        prepare=_all_have_sessions,
        oneself=True,
        unasked=True,
    ),
    "applications.services.sessions.end_app_sessions_from": Verb(
        "",
        lambda _at, by: end_app_sessions_from([f"key-{by.pk}"], actor=by),
        prepare=_all_have_sessions,
        oneself=True,
        unasked=True,
    ),
}
