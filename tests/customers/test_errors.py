"""A refusal is a sentence for a user, a code for a program, and the field that it is about."""

import pytest
from django.utils.functional import lazy
from django.utils.translation import get_language, override

from customers.errors import AlreadyDone, Refused
from customers.refusals import Status


def test_a_refusal_keeps_its_sentence_code_and_field() -> None:
    refused = Refused("The name is taken.", code="customer-name-taken", field="name")
    assert (str(refused), refused.message) == ("The name is taken.", "The name is taken.")
    assert (refused.code, refused.field) == ("customer-name-taken", "name")
    assert refused.args == ("The name is taken.",)


def test_a_refusal_of_a_whole_form_has_no_field() -> None:
    assert Refused("Others are at work.", code="busy").field == ""


@pytest.mark.parametrize(
    "code, status",
    [
        ("role-lacks-it", Status.FORBIDDEN),
        ("domain-taken", Status.CONFLICT),
        ("domain-wrong", Status.INVALID),
        ("busy", Status.BUSY),
    ],
)
def test_the_code_decides_the_status_over_http(code: str, status: Status) -> None:
    assert Refused("No.", code=code).status is status


def test_a_sentence_is_in_the_language_of_the_user_who_reads_it() -> None:
    refused = Refused(lazy(lambda: get_language() or "", str)(), code="busy")
    for language in ("en", "de"):
        with override(language):
            assert str(refused) == language


def test_a_form_that_comes_twice_leads_to_the_first_ones_work() -> None:
    batch = object()
    done = AlreadyDone(batch)
    assert (done.batch, str(done)) == (batch, "already done")
    assert not isinstance(done, Refused)
