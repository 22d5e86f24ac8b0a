"""The XML of a workbook, read in chunks and no further than is safe."""

from collections.abc import Mapping

import pytest

from uploads.errors import FileRefused
from uploads.spreadsheets.markup import elements, parse


class Heard:
    """Notes what the parser tells, and listens to the text of <t> alone."""

    def __init__(self) -> None:
        self.inside = False
        self.notes: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.inside = name == "t"
        self.notes.append(f"<{name}>")

    def end(self, name: str) -> None:
        self.inside = False
        self.notes.append(f"</{name}>")

    def text(self, data: str) -> None:
        self.notes.append(data)


def damage(*chunks: bytes) -> None:
    with pytest.raises(FileRefused) as caught:
        elements(chunks, "a")
    assert caught.value.code == "file-damaged"


def test_names_are_told_without_their_namespace() -> None:
    heard = Heard()
    xml = b'<w:a xmlns:w="urn:w"><w:t>Ada</w:t>left out</w:a>'
    assert len(list(parse([xml], heard))) == 2
    assert heard.notes == ["<a>", "<t>", "Ada", "</t>", "</a>"]


def test_a_chunk_may_end_within_a_tag() -> None:
    heard = Heard()
    for _chunk in parse([b"<a><", b"t>A", b"d", b"a</t", b"></a>"], heard):
        pass
    assert "".join(heard.notes) == "<a><t>Ada</t></a>"


def test_what_was_gathered_can_be_taken_after_each_chunk() -> None:
    heard = Heard()
    counts = [len(heard.notes) for _chunk in parse([b"<a><b/>", b"<b/>", b"</a>"], heard)]
    assert counts == [3, 5, 6, 6]


def test_elements_of_a_name_come_with_their_attributes() -> None:
    xml = b'<x xmlns:r="urn:r"><a n="1" r:id="r1"/><b n="2"/><a n="3"><a/></a></x>'
    assert elements([xml], "a") == [("a", {"n": "1", "id": "r1"}), ("a", {"n": "3"}), ("a", {})]
    assert [name for name, _attributes in elements([xml], "a", "b")] == ["a", "b", "a", "a"]
    assert elements([xml], "c") == []


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<a>",
        b"<a></b>",
        b"<a/><a/>",
        b"not XML",
        b"<a>&unknown;</a>",
        b'<?xml version="1.0" encoding="none-such"?><a/>',
        b"<a>\xff</a>",
    ],
)
def test_what_is_no_xml_is_damage(xml: bytes) -> None:
    damage(xml)


@pytest.mark.parametrize(
    "declared",
    [b"<!DOCTYPE a>", b'<!DOCTYPE a [<!ENTITY e "x">]>', b'<!DOCTYPE a SYSTEM "file:///etc/x">'],
)
def test_no_entity_can_be_declared(declared: bytes) -> None:
    damage(declared + b"<a/>")


def test_a_token_without_an_end_is_damage_before_long() -> None:
    damage(b"<a n='", *[b"x" * 10] * 17)
    assert elements([b"<a n='", *[b"x"] * 10, b"'/>"], "a") == [("a", {"n": "x" * 10})]


def test_a_small_part_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uploads.spreadsheets.markup._KEPT", 3)
    assert len(elements([b"<x><a/><a/><a/><b/></x>"], "a")) == 3
    damage(b"<x><a/><a/><a/><a/></x>")
