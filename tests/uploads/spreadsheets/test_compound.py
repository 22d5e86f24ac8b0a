"""A compound document gives its streams, and none where it is forged."""

import struct
import time

import pytest

from tests.uploads.biff import compound
from uploads.spreadsheets.compound import Broken, stream_of

CONTENT = bytes(range(256)) * 40
DIRECTORY = 1_024
NODE = 128


def node(name: str, kind: int, left: int, right: int, below: int, begin: int, size: int) -> bytes:
    text = f"{name}\0".encode("utf-16-le")
    told = struct.pack("<64sHBBiii", text, len(text), kind, 1, left, right, below)
    return told + struct.pack("<36xiii", begin, size, 0)


def test_a_stream_is_found_by_its_name_at_the_top() -> None:
    document = compound(CONTENT)
    assert stream_of(document, "Workbook") == CONTENT
    assert stream_of(document, "Book") is None


def test_a_short_stream_lies_in_the_stream_of_the_root() -> None:
    """Three small sectors from the second on, in a document of tables, directory, root, places."""
    sectors = struct.pack("<128i", -3, -2, -2, -2, *[-1] * 124)
    nodes = node("Root Entry", 5, -1, -1, 1, 2, 512) + node("Workbook", 2, -1, -1, -1, 1, 150)
    within = bytes(64) + b"x" * 64 + b"y" * 64 + b"z" * 64
    places = struct.pack("<128i", -1, 2, 3, -2, *[-1] * 124)
    header = compound(CONTENT)[:44] + struct.pack("<ii4xiiiii", 1, 1, 4_096, 3, 1, -2, 0)
    header += struct.pack("<109i", 0, *[-1] * 108)
    document = header + sectors + nodes.ljust(512, b"\0") + within.ljust(512, b"\0") + places
    assert stream_of(document, "Workbook") == b"x" * 64 + b"y" * 64 + b"z" * 22


def test_a_directory_that_leads_everywhere_twice_is_walked_once() -> None:
    forged = bytearray(compound(CONTENT))
    nodes = [node("Root Entry", 5, -1, -1, 1, -2, 0)]
    nodes += [node("Other", 2, min(at + 1, 3), min(at + 1, 3), -1, -2, 0) for at in range(1, 4)]
    forged[DIRECTORY : DIRECTORY + 4 * NODE] = b"".join(nodes)
    assert stream_of(bytes(forged), "Workbook") is None


def test_a_deep_directory_that_leads_everywhere_twice_takes_no_time() -> None:
    """Sixty levels, each of which names the next one twice."""
    deep = [node("Root Entry", 5, -1, -1, 1, -2, 0)]
    deep += [node("Other", 2, at + 1, at + 1, -1, -2, 0) for at in range(1, 60)]
    deep += [node("Last", 2, -1, -1, -1, -2, 0)]
    directory = b"".join(deep).ljust(16 * 512, b"\0")
    forged = bytearray(compound(CONTENT + directory))
    begin = 2 + len(CONTENT) // 512
    forged[48:52] = struct.pack("<i", begin)
    begun = time.thread_time()
    assert stream_of(bytes(forged), "Workbook") is None
    assert time.thread_time() - begun < 1


@pytest.mark.parametrize(
    "numbers",
    [
        {30: 0},
        {48: 10_000},
        {48: 3},
        {68: 0, 512 + 508: 0},
        {76: 10_000},
        {DIRECTORY + NODE + 116: 10_000},
        {512 + 2 * 4 + 4: 2},
    ],
    ids=[
        "sectors of a byte",
        "a directory beyond the end",
        "a directory of other bytes",
        "tables in a circle",
        "a table beyond the end",
        "a stream beyond the end",
        "sectors in a circle",
    ],
)
def test_what_points_to_nowhere_or_in_a_circle_is_broken(numbers: dict[int, int]) -> None:
    forged = bytearray(compound(CONTENT))
    for place, number in numbers.items():
        forged[place : place + 4] = struct.pack("<i", number)
    with pytest.raises(Broken):
        stream_of(bytes(forged), "Workbook")


def test_what_is_cut_off_is_broken() -> None:
    for end in (8, 40, 512, 700, 1_100):
        with pytest.raises(Broken):
            stream_of(compound(CONTENT)[:end], "Workbook")
