"""Workbooks of Excel 97 made by hand: records in a stream, in a compound document."""

import struct
from collections.abc import Iterable, Sequence

GLOBALS, SHEET = 0x5, 0x10
BOF, EOF, FILEPASS, DATEMODE, BOUNDSHEET, FORMAT, XF = 0x809, 0xA, 0x2F, 0x22, 0x85, 0x41E, 0xE0
LABEL, NUMBER, ROW, COLINFO, BOOLERR, FORMULA, STRING = 0x204, 0x203, 0x208, 0x7D, 0x205, 0x6, 0x207
MULBLANK, HLINK = 0xBE, 0x1B8
CONTINUE, SST, LABELSST = 0x3C, 0xFC, 0xFD
_SECTOR = 512
_END, _FREE, _TABLE = -2, -1, -3


def record(code: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", code, len(data)) + data


def begin(kind: int, version: int = 0x600) -> bytes:
    return record(BOF, struct.pack("<HHHHII", version, kind, 0x0DBB, 0x07CC, 0, 0))


def _text(text: str) -> bytes:
    halves = text.encode("utf-16-le")
    return struct.pack("<HB", len(halves) // 2, 1) + halves


def label(row: int, column: int, text: str, style: int = 0) -> bytes:
    return record(LABEL, struct.pack("<HHH", row, column, style) + _text(text))


def number(row: int, column: int, value: float, style: int = 0) -> bytes:
    return record(NUMBER, struct.pack("<HHHd", row, column, style, value))


def truth(row: int, column: int, value: int, *, is_error: bool = False) -> bytes:
    return record(BOOLERR, struct.pack("<HHHBB", row, column, 0, value, is_error))


def formula(row: int, column: int, result: bytes, text: str | None = None) -> bytes:
    told = record(FORMULA, struct.pack("<HHH8sH4xH", row, column, 0, result, 0, 0))
    if text is None:
        return told
    # Excel ends a record after 8,224 bytes.
    first, rest = text[:4_000], text[4_000:]
    head = struct.pack("<HB", len(text), 1) + first.encode("utf-16-le")
    told += record(STRING, head)
    return told + record(CONTINUE, b"\1" + rest.encode("utf-16-le")) if rest else told


def shared(row: int, column: int, text: int) -> bytes:
    return record(LABELSST, struct.pack("<HHHi", row, column, 0, text))


def hidden_row(row: int) -> bytes:
    return record(ROW, struct.pack("<H4xH4xi", row, 255, 0x20))


def hidden_columns(first: int, last: int) -> bytes:
    return record(COLINFO, struct.pack("<HHHHHH", first, last, 2_560, 0, 1, 0))


def lines(rows: Iterable[Sequence[str]], first: int = 0) -> bytes:
    return b"".join(
        label(first + at, place, text)
        for at, row in enumerate(rows)
        for place, text in enumerate(row)
    )


def stream(
    *sheets: bytes,
    formats: Sequence[str] = (),
    visibility: Sequence[int] = (),
    more: bytes = b"",
    version: int = 0x600,
) -> bytes:
    """The records of a workbook: the cells of its sheets S0, S1 and so on.

    Style 0 shows a number as it is, each following one by the format at that place.
    """
    told = more
    for at, code in enumerate(formats):
        told += record(FORMAT, struct.pack("<H", 164 + at) + _text(code))
    for key in (0, *range(164, 164 + len(formats))):
        told += record(XF, struct.pack("<HHH14x", 0, key, 0))
    head = len(begin(GLOBALS)) + len(told) + len(record(EOF)) + len(sheets) * 14
    names = b""
    for at, cells in enumerate(sheets):
        seen = visibility[at] if visibility else 0
        names += record(BOUNDSHEET, struct.pack("<iBBBB", head, seen, 0, 2, 0) + f"S{at}".encode())
        head += len(begin(SHEET)) + len(cells) + len(record(EOF))
    bodies = [begin(SHEET) + cells + record(EOF) for cells in sheets]
    return begin(GLOBALS, version) + told + names + record(EOF) + b"".join(bodies)


def compound(content: bytes, name: str = "Workbook") -> bytes:
    """A compound document with one stream: tables of sectors, the directory, the stream."""
    # A shorter stream would be kept in another way.
    body = content.ljust(4_096, b"\0")
    body += b"\0" * (-len(body) % _SECTOR)
    number_of = len(body) // _SECTOR
    tables = 1
    while tables * 128 < tables + 1 + number_of:
        tables += 1
    chain = [*[_TABLE] * tables, _END, *range(tables + 2, tables + 1 + number_of), _END]
    chain += [_FREE] * (tables * 128 - len(chain))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack("<HHHHH10x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<iiiiiiii", tables, tables, 0, 4_096, _END, 0, _END, 0)
    header += struct.pack("<109i", *range(tables), *[_FREE] * (109 - tables))
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry(name, 2, -1, tables + 1, len(body))
    return header + struct.pack(f"<{len(chain)}i", *chain) + directory.ljust(_SECTOR, b"\0") + body


def _entry(name: str, kind: int, below: int, first: int, size: int) -> bytes:
    text = f"{name}\0".encode("utf-16-le")
    told = struct.pack("<64sHBBiii", text, len(text), kind, 1, -1, -1, below)
    return told + struct.pack("<36xiii", first, size, 0)


def old_workbook(*sheets: bytes, formats: Sequence[str] = (), more: bytes = b"") -> bytes:
    return compound(stream(*sheets, formats=formats, more=more))
