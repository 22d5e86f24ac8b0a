"""Second steps and sessions: everyone's own, and the second steps that are reset for others."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from accounts.models import User
from accounts.services.personal import export_user
from accounts.services.second_steps import (
    add_app,
    add_passkey,
    allow_codes,
    make_recovery_codes,
    read_recovery_codes,
    remove_step,
    reset_second_factor,
)
from accounts.services.sessions import end_sessions
from accounts.signin.encryption import seal
from tests.support import role_table
from tests.verbs.scene import Scene, Verb

Type = Authenticator.Type


def _all_have_steps(_scene: Scene) -> None:
    """An app and recovery codes, for the user who acts and the one to whom it is done."""
    data = {
        Type.TOTP: {"secret": seal("SECRET"), "used_step": 0},
        Type.RECOVERY_CODES: {"seed": seal("00"), "used_mask": 0},
    }
    Authenticator.objects.bulk_create(
        Authenticator(user=user, type=kind, data=data[kind])
        for user in User.objects.all()
        for kind in data
    )


def _all_have_sessions(_scene: Scene) -> None:
    UserSession.objects.bulk_create(
        UserSession(user=user, session_key=f"key-{user.pk}", ip="203.0.113.7", user_agent="")
        for user in User.objects.all()
    )


def _remove(_scene: Scene, actor: User) -> None:
    remove_step(Authenticator.objects.get(user=actor, type=Type.TOTP), actor=actor)


SIGNING_IN: dict[str, Verb] = {
    "accounts.services.second_steps.adding.add_app": Verb(
        "", lambda _at, by: add_app("SECRET", used_step=0, actor=by), oneself=True
    ),
    "accounts.services.second_steps.adding.add_passkey": Verb(
        "", lambda _at, by: add_passkey("Key ring", {}, actor=by), oneself=True
    ),
    "accounts.services.second_steps.recovery.make_recovery_codes": Verb(
        "", lambda _at, by: make_recovery_codes(actor=by), prepare=_all_have_steps, oneself=True
    ),
    "accounts.services.second_steps.recovery.read_recovery_codes": Verb(
        "",
        lambda _at, by: read_recovery_codes(actor=by),
        prepare=_all_have_steps,
        oneself=True,
        unasked=True,
    ),
    "accounts.services.second_steps.removing.remove_step": Verb(
        "", _remove, prepare=_all_have_steps, oneself=True
    ),
    "accounts.services.sessions.end_sessions": Verb(
        "",
        lambda _at, by: end_sessions(UserSession.objects.filter(user=by), actor=by),
        prepare=_all_have_sessions,
        oneself=True,
        unasked=True,
    ),
    "accounts.services.personal.export_user#oneself": Verb(
        "", lambda _at, by: list(export_user(by, actor=by)), oneself=True, unasked=True
    ),
}
RESETTING: dict[str, Verb] = {
    "accounts.services.second_steps.removing.reset_second_factor": Verb(
        role_table.RESET,
        lambda at, by: reset_second_factor([at.living], actor=by),
        prepare=_all_have_steps,
        on_user=True,
    ),
    "accounts.services.second_steps.removing.reset_second_factor#team": Verb(
        role_table.TEAM,
        lambda at, by: reset_second_factor([at.bob], actor=by),
        prepare=_all_have_steps,
    ),
    "accounts.services.second_steps.wrong.allow_codes": Verb(
        role_table.RESET, lambda at, by: allow_codes([at.living], actor=by), on_user=True
    ),
    "accounts.services.second_steps.wrong.allow_codes#team": Verb(
        role_table.TEAM, lambda at, by: allow_codes([at.bob], actor=by)
    ),
}
