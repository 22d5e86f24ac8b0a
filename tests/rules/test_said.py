"""Why something was not done is read by others, too: no reason is kept in one language alone."""

import ast
from pathlib import Path

import pytest
from django.apps import apps

from accounts.services import running
from customers.errors import Refused
from customers.models import Batch, BatchItem, BatchKind
from customers.said import SaidField, gettext
from customers.services import batches, bulk
from tests.customers.said.stored import beside
from tests.support.cast import Cast
from tests.support.house import BASE_DIR, modules, tree

TELLING = ("accounts", "api", "applications", "automation", "customers", "licensing", "uploads")
TEXTS = {"gettext", "gettext_lazy", "ngettext", "pgettext", "pgettext_lazy"}
# They make or keep texts of others, whose words are needed too.
BESIDE = {
    *(Path("customers", name) for name in ("formats.py", "models.py", "roles.py")),
    *(Path("licensing", name) for name in ("errors.py", "models.py", "rules.py")),
    *(Path("accounts", name) for name in ("names.py", "widgets.py")),
    *(Path("applications", name) for name in ("addresses.py", "gate.py", "scim.py")),
    Path("api", "authentication.py"),
}
# Where each is forgotten: with the users whom it may name.
SENTENCES = {
    "accounts.Delivery": {"reason": "goes with the sheet, and with the user"},
    "api.SourceRefusal": {"sentence": "goes after 30 days: what was sent may be in it"},
    "api.Webhook": {"problem": "names nobody"},
    "api.WebhookDelivery": {"reason": "names nobody"},
    "applications.Logout": {"reason": "names nobody, and goes after 30 days"},
    "applications.Provision": {"reason": "goes when the account is gone"},
    "applications.Provisioning": {"problem": "goes with the next answer"},
    "automation.Letter": {"reason": "goes with the user"},
    "automation.KeptLicense": {"why": "goes with the license, and with the user"},
    "automation.Review": {"refusal": "names nobody"},
    "automation.Schedule": {
        "refusal": "may name who has scheduled or canceled it, as its text does",
        "undo_refusal": "the same",
    },
    "automation.ReportMail": {"reason": "goes after three months"},
    "automation.ScheduledReport": {"problem": "names nobody"},
    "customers.Batch": {"refusal": "accounts/services/traces.py", "reason": "names nobody"},
    "customers.BatchItem": {"reason": "accounts/services/traces.py"},
    "uploads.Upload": {"refusal": "uploads/services/forgetting.py"},
}


def _tells(module: Path) -> bool:
    folders = {"services", "actions", "spreadsheets", "scim", "egress"}
    return module in BESIDE or not folders.isdisjoint(module.parts[1:])


def test_who_tells_a_reason_takes_its_texts_from_where_they_keep_their_words() -> None:
    found = {
        f"{module}: {alias.name}"
        for module in modules(*TELLING)
        if _tells(module)
        for node in ast.walk(tree(module))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in TEXTS
    }
    assert found == set(), "import it from customers.said"
    assert all((BASE_DIR / module).is_file() for module in BESIDE)


def test_every_kept_sentence_is_known_with_where_it_is_forgotten() -> None:
    found = {model._meta.label: set(beside(model)) for model in apps.get_models() if beside(model)}
    assert found == {label: set(columns) for label, columns in SENTENCES.items()}
    for model in apps.get_models():
        names = [field.attname for field in model._meta.concrete_fields]
        for sentence, words in beside(model).items():
            assert words == f"{sentence}_said"
            assert names.index(words) > names.index(sentence), "a row is loaded in this order"
            assert isinstance(model._meta.get_field(words), SaidField)


def refuse(batch: Batch, text: str) -> None:
    """Refuse it as a worker does: what a test writes by itself may be as of before."""

    def run(*_arguments: object) -> bool:
        raise Refused(text, code="nobody-left")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "_run", run)
        patch.setattr(running, "_run_made", run)
        assert not running.run_batch(batch.pk)


def test_a_reason_without_words_is_found(cast: Cast, stored_without_words: list[str]) -> None:
    waiting = batches.leave_batch(BatchKind.BLOCK, [1], actor=cast.alice, customer=cast.contoso)
    refuse(waiting, "Not said by a catalog.")
    assert set(stored_without_words) == {"Batch.refusal has no words: Not said by a catalog."}
    stored_without_words.clear()
    other = batches.leave_batch(BatchKind.BLOCK, [1], actor=cast.alice, customer=cast.contoso)
    refuse(other, gettext("No change needed."))
    assert stored_without_words == []


def test_the_words_of_another_sentence_are_found(
    cast: Cast, stored_without_words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = batches.leave_batch(BatchKind.BLOCK, [1], actor=cast.alice, customer=cast.contoso)
    others = {"id": "Another one.", "sum": 1}
    monkeypatch.setattr("customers.said.columns.words_beside", lambda _text: others)
    refuse(waiting, gettext("No change needed."))
    assert set(stored_without_words) == {
        "Batch.refusal has the words of another sentence: No change needed."
    }
    stored_without_words.clear()


def test_a_sentence_written_without_the_column_beside_it_is_found(
    cast: Cast, stored_without_words: list[str]
) -> None:
    batch = batches.leave_batch(BatchKind.BLOCK, [1], actor=cast.alice, customer=cast.contoso)
    batch.refusal = gettext("No change needed.")
    batch.save(update_fields=["refusal"])
    BatchItem.objects.update(reason="")
    assert stored_without_words == [
        "Batch.refusal is written without refusal_said",
        "BatchItem.reason is written without reason_said",
    ]
    stored_without_words.clear()
    bulk.insert_alike(
        BatchItem, {"batch_id": batch.pk, "reason": "as of before"}, {"user_id": [cast.uma.pk]}
    )
    assert stored_without_words == []
