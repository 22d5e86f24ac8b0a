"""Sees that no reason is stored without its words: it would stay in its writer's language."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from django.db import models
from django.db.models.sql.subqueries import UpdateQuery

from customers.said import SaidField, words_of
from customers.services import bulk
from tests.support.house import BASE_DIR
from uploads.services.entries import Problem

TESTS = BASE_DIR / "tests"
# They write what they are given.
BETWEEN = {
    "customers/said/columns.py",
    *(f"customers/services/{name}.py" for name in ("batches", "bulk", "messages", "transactions")),
}

# They are as somebody has typed them, too; or as the library of SCIM says it, in English.
OTHERS_SPEAK = {"Batch.reason", "SourceRefusal.sentence"}


def beside(model: type[models.Model]) -> dict[str, str]:
    """Return the columns of words by those of their sentences."""
    fields = [each for each in model._meta.concrete_fields if isinstance(each, SaidField)]
    return {field.of: field.attname for field in fields}


def _by_a_test() -> bool:
    """Whether a test writes the row itself, as versions of before did."""
    frame = sys._getframe(1)  # noqa: SLF001
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        inside = path.is_relative_to(BASE_DIR) and ".venv" not in path.parts
        if inside and path != Path(__file__):
            relative = path.relative_to(BASE_DIR)
            if str(relative) not in BETWEEN:
                return path.is_relative_to(TESTS)
        frame = frame.f_back  # type: ignore[assignment]
    return True


class Watch:
    """Finds what is stored without words, by our own code."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.found: list[str] = []
        self.patch = monkeypatch

    def check(self, where: str, text: Any, words: Any) -> None:
        if not text or _by_a_test():
            return
        if words is None and where not in OTHERS_SPEAK:
            self.found.append(f"{where} has no words: {text}")
        if words is not None and words.get("sum") not in {None, crc32(text.encode())}:
            self.found.append(f"{where} has the words of another sentence: {text}")

    def rows(self) -> None:
        before = SaidField.pre_save

        def pre_save(field: Any, row: Any, add: bool) -> Any:  # noqa: FBT001 - Django's
            words = before(field, row, add)
            text = getattr(row, field.of) if field.of in row.__dict__ else ""
            self.check(f"{field.model.__name__}.{field.of}", text, words)
            return words

        self.patch.setattr(SaidField, "pre_save", pre_save)

    def updates(self) -> None:
        before = UpdateQuery.add_update_fields

        def add_update_fields(query: Any, triples: Any) -> None:
            triples = list(triples)
            values = {field.attname: value for field, _model, value in triples}
            for sentence, words in beside(query.model).items():
                where = f"{query.model.__name__}.{sentence}"
                if sentence in values and words not in values:
                    self.found.append(f"{where} is written without {words}")
                elif sentence in values:
                    self.check(where, values[sentence], values[words])
            before(query, triples)

        self.patch.setattr(UpdateQuery, "add_update_fields", add_update_fields)

    def sets(self) -> None:
        before = bulk.insert_groups

        def insert_groups(model: Any, same: Any, groups: Any, **more: Any) -> list[int]:
            for sentence, words in beside(model).items():
                for common, each in groups:
                    alike = {**same, **common}
                    texts = each.get(sentence, [alike.get(sentence)])
                    said = each.get(words, [alike.get(words)] * len(texts))
                    for text, own in zip(texts, said, strict=True):
                        self.check(f"{model.__name__}.{sentence}", text, own)
            return before(model, same, groups, **more)

        self.patch.setattr(bulk, "insert_groups", insert_groups)

    def problems(self) -> None:
        before = Problem.as_json

        def as_json(problem: Problem) -> dict[str, Any]:
            self.check("UploadRow.problems", problem.text, words_of(problem.text))
            return before(problem)

        self.patch.setattr(Problem, "as_json", as_json)


@pytest.fixture(autouse=True)
def stored_without_words(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Fail a test in which our own code has stored a reason that has no words."""
    watch = Watch(monkeypatch)
    watch.rows()
    watch.updates()
    watch.sets()
    watch.problems()
    yield watch.found
    assert sorted(set(watch.found)) == []
