"""How far a long batch is, as its page asks for it: a share while someone works, else nothing."""

import pytest

from customers import progress
from customers.progress import Stage, Told, advance, at, share_done, told_of_each, watching


@pytest.fixture
def told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.0)


def test_a_batch_that_nobody_works_on_has_no_share() -> None:
    assert share_done(1) is None
    assert told_of_each([1, 2]) == {}
    assert told_of_each([]) == {}


def test_the_share_grows_with_the_rows_and_is_gone_at_the_end(told_at_once: None) -> None:
    with watching(1, work=10):
        assert share_done(1) == 0.0
        advance(2)
        assert share_done(1) == 0.2
        advance(3)
        assert share_done(1) == 0.5
    assert share_done(1) is None


def test_nothing_is_done_before_the_commit(told_at_once: None) -> None:
    with watching(1, work=4):
        advance(4)
        assert share_done(1) == 0.99
        advance(100)
        assert share_done(1) == 0.99


def test_work_of_no_rows_is_no_division_by_zero(told_at_once: None) -> None:
    with watching(1, work=0):
        advance(0)
        assert share_done(1) == 0.0
        advance(1)
        assert share_done(1) == 0.99


def test_a_failure_ends_the_share_too(told_at_once: None) -> None:
    def fail() -> None:
        with watching(1, work=2):
            advance(1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert share_done(1) is None


def test_rows_that_nobody_watches_are_no_error() -> None:
    advance(5)
    assert share_done(1) is None


def test_inner_work_is_told_under_its_own_name(told_at_once: None) -> None:
    with watching("upload-7", work=2):
        with watching(1, work=10):
            advance(1)
            assert (share_done("upload-7"), share_done(1)) == (0.0, 0.1)
        advance(1)
        assert (share_done("upload-7"), share_done(1)) == (0.5, None)


def test_batches_of_a_list_are_asked_for_at_once(told_at_once: None) -> None:
    with watching(1, work=4), watching(3, work=2):
        advance(1)
        assert told_of_each([1, 2, 3]) == {1: Told(0.0, Stage.REST), 3: Told(0.5, Stage.REST)}


def test_what_is_being_done_is_named_as_long_as_it_is(told_at_once: None) -> None:
    with watching(1, work=4):
        with at(Stage.PASSWORDS):
            assert told_of_each([1]) == {1: Told(0.0, Stage.PASSWORDS)}
            advance(1)
            assert told_of_each([1]) == {1: Told(0.25, Stage.PASSWORDS)}
        assert told_of_each([1]) == {1: Told(0.25, Stage.REST)}
    with at(Stage.PASSWORDS):
        assert told_of_each([1]) == {}


def test_a_failure_leaves_no_name_behind(told_at_once: None) -> None:
    with pytest.raises(ZeroDivisionError), watching(1, work=4), at(Stage.PASSWORDS):
        raise ZeroDivisionError
    with watching(1, work=4):
        assert told_of_each([1]) == {1: Told(0.0, Stage.REST)}


def test_what_is_watched_already_goes_on(told_at_once: None) -> None:
    with watching(1, work=4):
        advance(1)
        with watching(1, work=100):
            advance(1)
        assert share_done(1) == 0.5
    assert share_done(1) is None


def test_telling_is_left_out_while_the_last_one_is_young(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY", 3_600.0)
    with watching(1, work=2):
        advance(1)
        assert share_done(1) == 0.0
