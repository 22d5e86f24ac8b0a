"""Each kind of notice has a sentence that is made of its facts."""

import pytest
from django.utils import timezone

from automation.models import Notice, NoticeKind
from automation.notice_words import sentence
from tests.support.cast import Cast

LATE, DAY = "2027-03-27T23:30:00+00:00", "2027-03-27"
FACTS = [
    (
        NoticeKind.REPORT,
        {"report": "licenses", "problem": "Save it again."},
        "The scheduled report Month report is paused. Save it again.",
    ),
    (NoticeKind.SEATS, {"product": "Teams", "available": 0}, "No seats of Teams left."),
    (NoticeKind.SEATS, {"product": "Teams", "available": 1}, "1 seat of Teams left."),
    (
        NoticeKind.RENEWAL,
        {"product": "Teams", "seats": 1200, "on": DAY},
        "Teams (1,200 seats) renews on 27 Mar 2027.",
    ),
    (
        NoticeKind.DELETION,
        {"users": 2, "first": LATE},
        "2 deleted users can be restored until 28 Mar 2027, 00:30.",
    ),
    (
        NoticeKind.SHEET,
        {"users": 1, "until": LATE},
        "The temporary password of 1 user waits to be handed over until 28 Mar 2027, 00:30.",
    ),
    (
        NoticeKind.PASSWORD,
        {"users": 3, "first": LATE},
        "The temporary passwords of 3 users expire unused, the first on 28 Mar 2027, 00:30.",
    ),
    (
        NoticeKind.SCHEDULE_FAILED,
        {"action": "block", "users": 3},
        "Block sign-in for 3 users was scheduled, and could not be done.",
    ),
    (
        NoticeKind.SCHEDULE_DONE,
        {"action": "block", "users": 1},
        "Block sign-in for 1 user was done as scheduled.",
    ),
    (
        NoticeKind.SCHEDULE_DONE,
        {"action": "block", "users": 3, "left": 1},
        "Block sign-in for 3 users was done as scheduled. 1 user was not changed.",
    ),
    (
        NoticeKind.RULE_WAITS,
        {"product": "Teams", "users": 2},
        "2 users wait for a seat of Teams that a license rule gives.",
    ),
    (
        NoticeKind.SILENT,
        {"name": "HR", "since": LATE},
        "The source HR was last heard of on 28 Mar 2027, 00:30.",
    ),
    (
        NoticeKind.SILENT,
        {"name": "Team Chat"},
        "The application Team Chat takes no accounts at the moment.",
    ),
    (
        NoticeKind.DEVICE,
        {"browser": "Firefox on Linux", "at": LATE},
        (
            "Your account was used to sign in from a new device: Firefox on Linux, on"
            " 28 Mar 2027, 00:30. If that was not you, end the session and change your password."
        ),
    ),
    (
        NoticeKind.TOKEN,
        {"name": "Nightly", "prefix": "pp_1", "ends": LATE},
        "The token Nightly (pp_1…) expires on 28 Mar 2027, 00:30.",
    ),
    (
        NoticeKind.TOKEN,
        {
            "name": "N",
            "prefix": "pp_1",
            "ends": LATE,
            "owner": "Sync",
            "owner_kind": "integration",
        },
        "The token N (pp_1…) expires on 28 Mar 2027, 00:30. It belongs to the integration Sync.",
    ),
    (NoticeKind.REQUEST, {"product": "Teams"}, "Uma asks for a license of Teams."),
    (
        NoticeKind.REQUEST,
        {"product": "Teams", "seats": 5},
        "Uma asks for 5 more seats of Teams.",
    ),
    (
        NoticeKind.ANSWER,
        {"product": "Teams", "granted": False},
        "Your request for Teams was declined.",
    ),
    (
        NoticeKind.REVIEW,
        {"what": "reminded", "review": "Spring", "last_day": DAY},
        "The access review Spring still waits for your answers until 27 Mar 2027.",
    ),
]


@pytest.mark.parametrize(("kind", "facts", "text"), FACTS)
def test_a_notice_says_what_is_so(
    cast: Cast, kind: NoticeKind, facts: dict[str, object], text: str
) -> None:
    about = cast.uma if kind == NoticeKind.REQUEST else None
    notice = Notice(user=cast.alice, kind=kind, facts=facts, about=about)
    with timezone.override("Europe/Berlin"):
        assert sentence(notice).replace(cast.uma.display_name, "Uma") == text
        notice.customer = cast.contoso
        assert sentence(notice).startswith(f"{cast.contoso.name}: ")


def test_no_kind_is_left_without_a_sentence() -> None:
    assert {kind for kind, _facts, _text in FACTS} == set(NoticeKind)


@pytest.mark.parametrize("facts", [{}, [], None, *({name: "x"} for name in ("users", "action"))])
@pytest.mark.parametrize("kind", [*NoticeKind, "of a later version"])
def test_a_notice_with_facts_of_another_version_says_its_kind(
    cast: Cast, kind: str, facts: object
) -> None:
    notice = Notice(user=cast.alice, kind=kind, facts=facts)
    said = sentence(notice)
    if kind != NoticeKind.REQUEST or said != "A user asks for a license of x.":
        assert said == notice.get_kind_display()
