"""How a user signs in, by the API."""

from accounts.models import User
from tests.accounts.signin.second_steps import give_app
from tests.api.caller import Script, at, of
from tests.support.cast import Cast


def test_a_user_is_signed_out_everywhere_and_loses_the_second_step(
    grave: Script, cast: Cast
) -> None:
    path = at(cast.contoso, "users", of(cast.uma))
    before = User.objects.get(pk=cast.uma.pk).session_epoch
    assert grave("POST", f"{path}/signout", {"reason": "Laptop lost"}).status_code == 204
    assert User.objects.get(pk=cast.uma.pk).session_epoch == before + 1
    give_app(cast.uma)
    assert grave("POST", f"{path}/resetsecondstep", {}).status_code == 204
    assert not cast.uma.authenticator_set.exists()  # type: ignore[attr-defined]
