"""Users of one name, told apart."""

from django.test import Client

from accounts.models import User
from accounts.queries.bulk_preview import Named
from accounts.services.users import delete_users
from accounts.telling_apart import told_apart
from tests.accounts.verbs import subscribe
from tests.factories import UserFactory
from tests.support.cast import Cast
from tests.support.forms import words

ANNS = ("Ann Lind (ann@contoso.example)", "Ann Lind (ann2@contoso.example)")


def anns(cast: Cast) -> list[User]:
    return [
        UserFactory.create(customer=cast.contoso, display_name="Ann Lind", local_part=name)
        for name in ("ann", "ann2")
    ]


def test_only_those_whose_name_repeats_have_their_user_name_beside_it() -> None:
    pairs = [("Ann Lind", "ann@a.example"), ("Bo", "bo@a.example"), ("ann lind", "al@a.example")]
    assert told_apart(pairs) == ["Ann Lind (ann@a.example)", "Bo", "ann lind (al@a.example)"]
    assert told_apart([]) == []
    assert told_apart(pairs[:2]) == ["Ann Lind", "Bo"]


def test_the_first_of_a_number_are_told_apart() -> None:
    named = Named()
    for user_name in ("ann@a.example", "ann2@a.example"):
        named.add("Ann", user_name, 1)
    assert named.count == 2
    assert named.names == ["Ann (ann@a.example)", "Ann (ann2@a.example)"]


def test_lists_and_confirmations_tell_them_apart(client: Client, cast: Cast) -> None:
    subscribe(cast, "Mail", cast.uma)
    client.force_login(cast.alice)
    page, two = f"/customers/{cast.contoso.pk}/users/", anns(cast)
    rows = client.get(page).context["rows"]
    assert {row.select for row in rows if row.display_name == "Ann Lind"} == {
        f"Select {name}" for name in ANNS
    }
    assert "Select Uma" in {row.select for row in rows}
    chosen = "&".join(f"user={user.pk}" for user in (*two, cast.uma))
    for action in ("block", "delete"):
        said = words(client.get(f"{page}{action}/?{chosen}").content.decode())
        assert all(name in said for name in ANNS)
        assert "Uma (" not in said
    licenses = client.get(f"{page}licenses/?{chosen}").content.decode()
    for name in ANNS:
        assert f"Remove {name} from the selection" in words(licenses)


def test_restoring_tells_them_apart(client: Client, cast: Cast) -> None:
    two = anns(cast)
    delete_users(two, customer=cast.contoso, actor=cast.alice)
    client.force_login(cast.alice)
    page = f"/customers/{cast.contoso.pk}/users/"
    rows = client.get(f"{page}deleted/").context["rows"]
    assert {row.select for row in rows} == {f"Select {name}" for name in ANNS}
    chosen = "&".join(f"user={user.pk}" for user in two)
    html = client.get(f"{page}restore/?{chosen}").content.decode()
    assert all(f'aria-label="Skip {name}"' in html for name in ANNS)
