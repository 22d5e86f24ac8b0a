"""Whoever asks for what the portal holds about them gets their notices, and not those of others."""

import json

from accounts.personal import personal_data
from automation.models import NoticeKind
from automation.services.telling import tell
from tests.accounts.verbs import fresh
from tests.support.cast import Cast


def test_a_user_gets_the_own_notices_and_learns_that_others_were_told_of_them(cast: Cast) -> None:
    facts = {"product": "Teams"}
    tell(
        NoticeKind.REQUEST,
        [cast.gail],
        subject_key="1",
        customer=cast.contoso,
        about=cast.uma,
        facts=facts,
        url="/requests/1/",
    )
    of_gail = json.loads("".join(personal_data(fresh(cast.gail))))
    of_uma = json.loads("".join(personal_data(fresh(cast.uma))))
    assert [(row["kind"], row["facts"]) for row in of_gail["notices"]] == [("request", facts)]
    assert of_gail["notices_about_the_person"] == of_uma["notices"] == []
    [about] = of_uma["notices_about_the_person"]
    assert sorted(about) == ["id", "kind", "told_at"]
