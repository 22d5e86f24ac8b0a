"""The rules proven on a database by command: in lines, or in one object of JSON."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from accounts.invariants import CHECKS
from customers.models import Customer
from tests.support.cast import Cast


def checked(*arguments: str) -> tuple[str, str]:
    """What it says, and the error that it ends with."""
    out, error = io.StringIO(), ""
    try:
        call_command("check_invariants", *arguments, stdout=out)
    except CommandError as failed:
        error = str(failed)
    return out.getvalue(), error


@pytest.fixture
def broken(cast: Cast) -> Cast:
    Customer.objects.filter(pk=cast.contoso.pk).update(active_users=99)
    Customer.objects.filter(pk=cast.northwind.pk).update(deleted_users=7)
    return cast


def test_a_sound_database_is_said_to_be_one(cast: Cast) -> None:
    assert checked() == (f"All {len(CHECKS)} rules hold.\n", "")
    out, error = checked("--json")
    assert (json.loads(out), error) == ({"rules": len(CHECKS), "violations": []}, "")


def test_each_violation_is_a_line_and_the_command_fails(broken: Cast) -> None:
    out, error = checked()
    lines = out.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("counters_are_true: customer ") for line in lines)
    assert error == f"2 violations of {len(CHECKS)} rules."


def test_a_program_reads_the_same_as_json(broken: Cast) -> None:
    out, error = checked("--json")
    lines, _error = checked()
    assert json.loads(out)["violations"] == lines.splitlines()
    assert error != ""


def test_to_look_changes_nothing(broken: Cast) -> None:
    assert checked() == checked()
    assert Customer.objects.get(pk=broken.contoso.pk).active_users == 99
