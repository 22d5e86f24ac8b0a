"""What `verify_audit_log` says, to people and to programs."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from customers.log.verification import Verification
from customers.management.commands.verify_audit_log import key_lines
from customers.models import AuditEvent, AuditSeal
from customers.services import retention, sealing
from tests.customers.log.sealed import tamper, write
from tests.support.cast import Cast


@pytest.fixture(autouse=True)
def short_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "SEGMENT", 3)


def test_the_command_says_what_is_proved(cast: Cast) -> None:
    write(cast.fabrikam, 4)
    sealing.seal_events()
    write(cast.litware, 2)
    output = StringIO()
    call_command("verify_audit_log", stdout=output)
    last = AuditSeal.objects.order_by("-number")[0]
    lines = output.getvalue().splitlines()
    since = AuditEvent.objects.filter(partner=cast.litware)[0].at.strftime("%Y-%m-%d %H:%M UTC")
    assert lines[:3] == [
        "Fabrikam: 2 seals over 4 events.",
        f"Litware: 0 seals over 0 events; 2 not sealed yet, the oldest of {since}.",
        "No partner: 0 seals over 0 events.",
    ]
    assert lines[3] == "Key one: named by 2 seals."
    assert lines[4].startswith("The activity log is what was sealed: 4 events in ")
    assert lines[4].endswith(f" 2 not sealed yet, the last seal is 2:{last.hash}.")


def test_the_command_says_which_keys_seals_still_name(cast: Cast, settings: Settings) -> None:
    """Also one that only says what retention did."""
    write(cast.fabrikam, days_ago=400)
    sealing.seal_events()
    settings.AUDIT_KEYS = {"two": "t" * 40, **settings.AUDIT_KEYS, "zero": "z" * 40}
    retention.forget_names()
    output = StringIO()
    call_command("verify_audit_log", stdout=output)
    assert [line for line in output.getvalue().splitlines() if line.startswith("Key")] == [
        "Key one: named by 1 seal.",
        "Key two: named by 1 seal.",
        "Key zero: no seal names it, AUDIT_KEYS can do without.",
    ]
    settings.AUDIT_KEYS = {"three": "3" * 40, **settings.AUDIT_KEYS}
    assert key_lines(Verification()) == [
        "Key three: seals from now on.",
        "Key two: no seal names it, AUDIT_KEYS can do without.",
        "Key one: no seal names it, AUDIT_KEYS can do without.",
        "Key zero: no seal names it, AUDIT_KEYS can do without.",
    ]


def test_the_command_speaks_json(cast: Cast) -> None:
    write(cast.fabrikam, 2, start=100)
    sealing.seal_events()
    output = StringIO()
    call_command("verify_audit_log", "--json", stdout=output)
    told = json.loads(output.getvalue())
    assert told.pop("seconds") >= 0
    seal = AuditSeal.objects.get()
    log = {"partner": "Fabrikam", "seals": 1, "events": 2, "dropped": 0, "unsealed": 0}
    nothing = dict.fromkeys(["seals", "events", "dropped", "unsealed"], 0)
    assert told == {
        "findings": [],
        "logs": [
            {**log, "unsealed_since": None},
            {"partner": "Litware", **nothing, "unsealed_since": None},
            {"partner": "No partner", **nothing, "unsealed_since": None},
        ],
        "keys": {"one": 1},
        "last_seal": f"1:{seal.hash}",
    }
    tamper("DELETE FROM customers_auditnames WHERE event_id = 100")
    tamper("DELETE FROM customers_auditevent WHERE id = 100")
    output = StringIO()
    with pytest.raises(CommandError, match="not what was sealed"):
        call_command("verify_audit_log", "--json", stdout=output)
    found = ["Fabrikam, events 100 to 102 (seal 1): 1 event removed."]
    assert json.loads(output.getvalue())["findings"] == found


def test_the_command_fails_on_a_finding(cast: Cast) -> None:
    write(cast.fabrikam, 1, start=100)
    sealing.seal_events()
    output = StringIO()
    with pytest.raises(CommandError, match=r"not what was sealed\. Findings: 1"):
        call_command("verify_audit_log", expect=[(1, "0" * 64)], stdout=output)
    assert output.getvalue().splitlines()[0] == (
        "FINDING Seal 1 is not the one that stands in the log."
    )


@pytest.mark.parametrize("text", ["1", "x:00", f"1:{'0' * 63}", f"1:{'g' * 64}"])
def test_the_command_reads_only_what_the_log_holds(db: None, text: str) -> None:
    with pytest.raises(CommandError, match="number, a colon, and its hash"):
        call_command("verify_audit_log", f"--expect={text}")
