"""Texts in other languages are compiled where they are new, and not again."""

import os
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo

from partnerportal import catalogs

TEXTS = """msgid ""
msgstr ""
"Language: de\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"Content-Type: text/plain; charset=utf-8\\n"

msgid "Users"
msgstr "Benutzer"
"""


def test_a_catalog_is_compiled_when_it_is_new_or_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "de" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(TEXTS)
    monkeypatch.setattr(catalogs, "LOCALE", tmp_path)
    assert catalogs.compile_new() == [source]
    with source.with_suffix(".mo").open("rb") as file:
        assert read_mo(file)["Users"].string == "Benutzer"
    assert catalogs.compile_new() == []
    later = source.with_suffix(".mo").stat().st_mtime + 1
    os.utime(source, (later, later))
    assert catalogs.compile_new() == [source]
    assert [path.name for path in source.parent.iterdir()] in (
        ["django.po", "django.mo"],
        ["django.mo", "django.po"],
    )
