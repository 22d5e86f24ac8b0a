"""What the portal does otherwise than the library."""

import json
from typing import Any

import pytest

from api.scim.server import SERVICE, with_paths

WORK = 'emails[type eq "work"].value'


def read(operations: Any) -> Any:
    return json.loads(with_paths(json.dumps({"Operations": operations}).encode()))["Operations"]


def test_names_with_a_filter_become_paths() -> None:
    operation = {"op": "Add", "value": {"title": "x", WORK: "a@b.example"}}
    assert read([operation]) == [
        {"op": "Add", "value": {"title": "x"}},
        {"op": "Add", "value": "a@b.example", "path": WORK},
    ]
    assert read([{"op": "Add", "value": {WORK: "x"}}]) == [
        {"op": "Add", "value": "x", "path": WORK}
    ]


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "add", "path": WORK, "value": "x"},
        {"op": "add", "value": {"title": "[x]"}},
        {"op": "remove", "path": "title"},
        "no operation [",
    ],
)
def test_all_else_stays(operation: Any) -> None:
    assert read([operation]) == [operation]


@pytest.mark.parametrize(
    "body", [b"[", b'{"perations": [', b'{"Operations": "["}', b'"perations["']
)
def test_what_is_no_patch_stays_for_the_library_to_refuse(body: bytes) -> None:
    assert with_paths(body) == body


def test_me_and_bulk_are_not_served() -> None:
    assert SERVICE.config.bulk is not None
    assert not SERVICE.config.bulk.supported
