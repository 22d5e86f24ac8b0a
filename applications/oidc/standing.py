"""Whether a token still stands for anything: asked at each use, so that none has to be searched for
when access ends.
"""

from allauth.idp.oidc.models import Token

from accounts.models import User
from accounts.signin.admission import Credential, NotAdmitted, admit
from accounts.signin.lookup import user_of_id

from ..gate import may_enter
from ..lookup import session_of_token
from ..models import Application, AppSession

# What `acr` says of a sign-in: by one step, or with a second one.
ONE_STEP, TWO_STEPS = "1", "2"


def let_in(
    token: Token, application: Application, *, user: User | None = None
) -> AppSession | None:
    """Admit the user of a token of this application, and return the session that it is of.

    `user` is the one that this request has looked up already, if it had to.

    None where the session was ended, the user may not enter any more, or the user's access ended
    after it was made: by a block, a delete, a reset, also where it was given again since.
    """
    session = session_of_token(token, application)
    if session is None:
        return None
    shown = Credential(epoch=session.epoch, second_step=session.acr == TWO_STEPS)
    try:
        known = user if user is not None and user.pk == session.user_id else None
        session.user = admit(known or user_of_id(session.user_id), shown).user
    except NotAdmitted:
        return None
    return session if may_enter(session.user, application) else None
