"""Sentences in columns: read in the reader's language, and written with their words."""

import pytest
from django.db import connection
from django.utils import translation

from customers.models import Batch, BatchItem, BatchKind, Outcome
from customers.said import gettext, plain, retold_row, words_of
from customers.services import batches
from customers.services.batches import Alike
from tests.factories import UserFactory
from tests.support.cast import Cast

GONE = "%(name)s has been deleted."
GERMAN = "Uma wurde gelöscht."


def gone(name: str = "Uma") -> str:
    return gettext(GONE) % {"name": name}


@pytest.fixture
def batch(cast: Cast) -> Batch:
    return batches.open_batch(BatchKind.BLOCK, actor=cast.alice, customer=cast.contoso)


def test_a_refusal_is_read_in_the_language_of_its_reader(batch: Batch) -> None:
    batch.refusal = gone()
    batch.save(update_fields=["refusal", "refusal_said"])
    with translation.override("de"):
        # Also before it is loaded again, as where a mail is written of it.
        assert batch.refusal == GERMAN
        assert Batch.objects.get(pk=batch.pk).refusal == GERMAN
    assert Batch.objects.get(pk=batch.pk).refusal == "Uma has been deleted."


def test_it_goes_on_to_another_row_with_its_words(batch: Batch) -> None:
    batch.refusal = gone()
    with translation.override("fr"):
        batch.save()
    other = batches.open_batch(BatchKind.BLOCK, actor=batch.by, customer=batch.customer)
    other.refusal = Batch.objects.get(pk=batch.pk).refusal
    other.save()
    with translation.override("de"):
        assert Batch.objects.get(pk=other.pk).refusal == GERMAN


def test_a_sentence_without_words_is_read_as_it_was_stored(batch: Batch) -> None:
    Batch.objects.filter(pk=batch.pk).update(refusal="Aus früherer Zeit.", refusal_said=None)
    with translation.override("de"):
        assert Batch.objects.get(pk=batch.pk).refusal == "Aus früherer Zeit."


def test_the_words_go_with_the_sentence(batch: Batch) -> None:
    batch.refusal = gone()
    batch.save()
    fresh = Batch.objects.get(pk=batch.pk)
    fresh.refusal = ""
    fresh.save(update_fields=["refusal", "refusal_said"])
    assert Batch.objects.filter(refusal="", refusal_said__isnull=True).count() == 1
    fresh.refusal = "another"
    assert (fresh.refusal, fresh.refusal_said) == ("another", None)


@pytest.mark.parametrize("columns", [("refusal",), ("refusal", "refusal_said"), ("kind",)])
def test_a_row_of_few_columns_reads_it_too(batch: Batch, columns: tuple[str, ...]) -> None:
    batch.refusal = gone()
    batch.save()
    with translation.override("de"):
        assert Batch.objects.only(*columns).get(pk=batch.pk).refusal == GERMAN
        assert Batch.objects.defer(*columns).get(pk=batch.pk).refusal == GERMAN
        fresh = Batch.objects.defer("refusal_said").get(pk=batch.pk)
        fresh.refresh_from_db(fields=["refusal"])
        assert fresh.refusal == GERMAN


@pytest.mark.parametrize("number", [3, 250])
def test_items_keep_the_words_however_many_they_are(cast: Cast, batch: Batch, number: int) -> None:
    users = UserFactory.create_batch(number, customer=cast.contoso)
    ids = [user.pk for user in users]
    half = number // 2
    batches.write_items(
        batch,
        [
            Alike(ids[:half]),
            Alike(ids[half:], outcome=Outcome.FAILED, reason=gone()),
        ],
    )
    other = batches.open_batch(BatchKind.BLOCK, actor=cast.alice, customer=cast.contoso)
    batches.leave_alone(other, [(pk, Outcome.SKIPPED, gone(str(pk))) for pk in ids])
    third = batches.open_batch(BatchKind.BLOCK, actor=cast.alice, customer=cast.contoso)
    batches.close_batch(
        third, [batches.item(third, user, outcome=Outcome.FAILED, reason=gone()) for user in users]
    )
    with translation.override("de"):
        rows = BatchItem.objects.filter(batch=batch).order_by("pk")
        assert [row.reason for row in rows] == [""] * half + [GERMAN] * (number - half)
        assert [row.reason for row in BatchItem.objects.filter(batch=other).order_by("pk")] == [
            f"{pk} wurde gelöscht." for pk in ids
        ]
        assert {row.reason for row in BatchItem.objects.filter(batch=third)} == {GERMAN}
    assert BatchItem.objects.filter(batch=batch, reason_said__isnull=True).count() == half


def by_an_older_version(batch: Batch, text: str) -> None:
    """Write a sentence as a version does that knows no column of words."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers_batch SET refusal = %s WHERE id = %s", [text, batch.pk])


def test_words_of_another_sentence_are_not_said(batch: Batch) -> None:
    batch.refusal = gone()
    batch.save()
    by_an_older_version(batch, "Nils wurde gelöscht.")
    with translation.override("fr"):
        fresh = Batch.objects.get(pk=batch.pk)
        assert fresh.refusal == "Nils wurde gelöscht."
        row = Batch.objects.filter(pk=batch.pk).values("refusal", "refusal_said").get()
        assert retold_row(row) == {"refusal": "Nils wurde gelöscht."}
    by_an_older_version(batch, "")
    assert Batch.objects.get(pk=batch.pk).refusal == ""
    # Said anew, it has words again.
    fresh.refusal = gone("Nils")
    fresh.save(update_fields=["refusal", "refusal_said"])
    assert Batch.objects.get(pk=batch.pk).refusal == "Nils has been deleted."


def test_a_row_that_is_saved_by_another_reader_keeps_its_words(batch: Batch) -> None:
    batch.refusal = gone()
    batch.save()
    with translation.override("fr"):
        Batch.objects.get(pk=batch.pk).save()
    assert Batch.objects.get(pk=batch.pk).refusal == "Uma has been deleted."
    with translation.override("de"):
        assert Batch.objects.get(pk=batch.pk).refusal == GERMAN


def test_words_without_a_checksum_are_those_of_the_version_before(batch: Batch) -> None:
    Batch.objects.filter(pk=batch.pk).update(refusal=plain(gone()), refusal_said=words_of(gone()))
    with translation.override("de"):
        assert Batch.objects.get(pk=batch.pk).refusal == GERMAN
