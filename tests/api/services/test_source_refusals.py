"""What a source could not do, kept for its page."""

from datetime import timedelta

from django.utils import timezone

from api.models import Doing, SourceRefusal
from api.services.source_refusals import forget_refusals, note
from tests.api.tokens import source_of
from tests.support.cast import Cast


def test_the_same_is_counted_and_another_is_another(cast: Cast) -> None:
    source = source_of(cast.contoso, cast.gail)
    for sentence in ("One.", "Two."):
        note(source, Doing.CREATE, "a@contoso.example", "user-name-taken", sentence)
    note(source, Doing.CHANGE, "a@contoso.example", "user-name-taken", "Three.")
    rows = SourceRefusal.objects.order_by("pk").values_list("sentence", "times")
    assert list(rows) == [("Two.", 2), ("Three.", 1)]


def test_it_is_kept_in_letters_that_a_database_takes(cast: Cast) -> None:
    source = source_of(cast.contoso, cast.gail)
    note(source, Doing.CREATE, "\x00a\ud800" + "b" * 500, "malformed", "x\x00" * 3_000)
    row = SourceRefusal.objects.get()
    assert row.user_name == ("a" + "b" * 500)[:113]
    assert row.sentence == "x" * 1_000


def test_old_ones_go_when_another_comes(cast: Cast) -> None:
    source = source_of(cast.contoso, cast.gail)
    note(source, Doing.CREATE, "a", "old", "Old.")
    SourceRefusal.objects.update(last_at=timezone.now() - timedelta(days=31))
    note(source, Doing.CREATE, "b", "new", "New.")
    assert SourceRefusal.objects.get().code == "new"
    SourceRefusal.objects.update(last_at=timezone.now() - timedelta(days=31))
    assert forget_refusals() == 1
