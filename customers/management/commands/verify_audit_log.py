import argparse
import json
import re
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from customers.formats import figure
from customers.log.verification import LogCounts, Verification
from customers.models import AuditSeal


class Command(BaseCommand):
    help = (
        "Prove that the activity log is what was sealed: one line a finding, one a partner, and"
        " which keys of AUDIT_KEYS are still named by seals."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--expect",
            action="append",
            default=[],
            type=logged_seal,
            metavar="SEAL:HASH",
            help="a seal and its hash from the server's log (event audit_sealed); may be repeated",
        )
        parser.add_argument(
            "--json", action="store_true", help="one JSON object in place of the lines"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        verification = Verification(expected=dict(options["expect"]))
        findings = []
        for finding in verification.findings():
            findings.append(finding)
            if not options["json"]:
                self.stdout.write(f"FINDING {finding}")
        seconds = time.monotonic() - started
        if options["json"]:
            self.stdout.write(json.dumps(as_json(verification, findings, seconds)))
        else:
            for text in [*map(line, verification.tallies), *key_lines(verification)]:
                self.stdout.write(text)
        if findings:
            found = figure(len(findings))
            raise CommandError(f"The activity log is not what was sealed. Findings: {found}.")
        if not options["json"]:
            self.stdout.write(summary(verification, seconds))


def logged_seal(text: str) -> tuple[int, str]:
    if not re.fullmatch(r"[0-9]{1,18}:[0-9a-f]{64}", text):
        raise argparse.ArgumentTypeError("Write the seal's number, a colon, and its hash.")
    number, _colon, digest = text.partition(":")
    return int(number), digest


def line(tally: LogCounts) -> str:
    text = f"{tally.name}: {figure(tally.seals)} seals over {figure(tally.events)} events"
    if tally.dropped:
        text += f", {figure(tally.dropped)} more dropped in time"
    if tally.unsealed_since:
        since = tally.unsealed_since.strftime("%Y-%m-%d %H:%M UTC")
        text += f"; {figure(tally.unsealed)} not sealed yet, the oldest of {since}"
    return f"{text}."


def key_lines(verification: Verification) -> list[str]:
    """Return lines that say which keys are still needed; the first one seals, named or not."""
    lines = []
    for key, number in sorted(verification.keys.items()):
        seals = "1 seal" if number == 1 else f"{figure(number)} seals"
        lines.append(f"Key {key}: named by {seals}.")
    newest, *older = settings.AUDIT_KEYS
    if verification.keys[newest] == 0:
        lines.append(f"Key {newest}: seals from now on.")
    unneeded = [key for key in older if verification.keys[key] == 0]
    return lines + [f"Key {key}: no seal names it, AUDIT_KEYS can do without." for key in unneeded]


def as_json(verification: Verification, findings: list[str], seconds: float) -> dict[str, Any]:
    last = AuditSeal.objects.order_by("-number").first()
    return {
        "findings": findings,
        "logs": [
            {
                "partner": tally.name,
                "seals": tally.seals,
                "events": tally.events,
                "dropped": tally.dropped,
                "unsealed": tally.unsealed,
                "unsealed_since": tally.unsealed_since and tally.unsealed_since.isoformat(),
            }
            for tally in verification.tallies
        ],
        "keys": {key: verification.keys[key] for key in {*settings.AUDIT_KEYS, *verification.keys}},
        "last_seal": f"{last.number}:{last.hash}" if last else None,
        "seconds": round(seconds, 1),
    }


def summary(verification: Verification, seconds: float) -> str:
    events = sum(tally.events for tally in verification.tallies)
    unsealed = sum(tally.unsealed for tally in verification.tallies)
    last = AuditSeal.objects.order_by("-number").first()
    end = f", the last seal is {last.number}:{last.hash}" if last else ""
    return (
        f"The activity log is what was sealed: {figure(events)} events in {seconds:.1f} s,"
        f" {figure(unsealed)} not sealed yet{end}."
    )
