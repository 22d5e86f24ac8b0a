"""Every page of the portal has its help, in three lines, and no help is without a page."""

from collections import Counter

from partnerportal.frame.help import GROUPS, HELP
from tests.support.pages import NO_PAGE, names

# They ask for a yes and say themselves what will happen.
OF_ONE_USER = ("allow", "block", "delete", "remove", "reset", "second-step")
CONFIRMS = {
    "accounts:batch-undo",
    *(f"accounts:team-{name}" for name in OF_ONE_USER if name != "delete"),
    *(f"accounts:user-{name}" for name in OF_ONE_USER),
    *(f"accounts:users-{name}" for name in ("allow", "block", "change", "delete", "reset")),
    *(f"api:integration-{name}" for name in ("allow", "block", "remove", "token-revoke")),
    *("api:source-remove", "api:source-token-revoke", "api:token-revoke"),
    *("api:user-release", "api:webhook-remove"),
    *("applications:application-remove", "applications:user-sign-out"),
    *("automation:leave-undo", "automation:report-remove"),
    *(f"automation:review-{name}" for name in ("cancel", "carry-out", "end", "move")),
    *(f"automation:rule-{name}" for name in ("remove", "switch-off", "switch-on")),
    *(f"automation:schedule-{name}" for name in ("cancel", "move", "run")),
    *("catalog:product-remove", "customers:domain-remove"),
    *(f"licensing:subscription-{name}" for name in ("cancel", "resume", "suspend")),
    *("account_logout", "account_reauthenticate", "mfa_reauthenticate"),
    *("mfa_deactivate_totp", "mfa_generate_recovery_codes"),
}
# Before one is signed in, where there is no top bar; and help itself.
WITHOUT = {
    *("account_inactive", "account_login", "accounts:forgot", "automation:notice-off", "help"),
}


def test_every_page_that_is_no_bare_question_has_its_help() -> None:
    assert sorted(HELP) == sorted(set(names()) - NO_PAGE - CONFIRMS - WITHOUT)


def test_help_is_three_lines_of_its_own() -> None:
    assert {name: len(lines) for name, lines in HELP.items() if len(lines) != 3} == {}
    each = [tuple(map(str, lines)) for group in GROUPS for lines in group.values()]
    twice = [text for text, count in Counter(sum(each, ())).items() if count > 1]
    assert twice == []
    assert [text for lines in each for text in lines if len(text) > 130] == []


def test_each_page_has_one_help() -> None:
    listed = Counter(name for group in GROUPS for names_of in group for name in names_of)
    assert [name for name, count in listed.items() if count > 1] == []
