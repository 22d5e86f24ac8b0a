"""What the scan makes of a report; wapiti itself is `make scan`'s."""

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.patience import PATIENCE
from tests.scan.scanner import Bait, Scan, read_reports

pytestmark = pytest.mark.once


def scan_of(folder: Path, *levels: int, asked: tuple[str, ...] = (), **answers: int) -> Scan:
    found: list[dict[str, Any]] = [
        {"level": level, "method": "GET", "path": "/me/", "info": "told"} for level in levels
    ]
    said = {"vulnerabilities": {"Kind": found}, "anomalies": {}, "additionals": {}, "infos": {}}
    (folder / "report.json").write_text(json.dumps(said))
    given = {status.removeprefix("s"): count for status, count in answers.items()}
    return read_reports([folder / "report.json"], asked, given)


def test_findings_are_counted_by_their_severity(tmp_path: Path) -> None:
    scan = scan_of(tmp_path, 0, 0, 1, 4, s200=7, s404=2)
    assert (scan.count("informational"), scan.count("low"), scan.count("critical")) == (2, 1, 1)
    assert scan.requests == 9
    assert str(scan.findings[3]) == "critical: Kind: GET /me/ told"


def test_an_error_of_the_portal_is_a_finding(tmp_path: Path) -> None:
    scan = scan_of(tmp_path, s200=7, s500=2)
    assert [str(finding) for finding in scan.findings] == ["high: Server error: 2 times 500"]


def test_a_request_that_the_portal_was_told_to_make_is_a_finding(tmp_path: Path) -> None:
    with Bait() as bait:
        for path in ("", "get_ssrf.php?session_id=1", "ssrf/1/2/3/"):
            with urllib.request.urlopen(bait.url + path, timeout=PATIENCE) as answer:
                assert answer.read() == b"{}"
    assert bait.asked == ["/ssrf/1/2/3/"]
    assert scan_of(tmp_path, asked=tuple(bait.asked)).count("critical") == 1
