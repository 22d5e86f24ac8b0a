import argparse
import re
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from customers.models import AuditSeal
from customers.verification import Tally, Verification


class Command(BaseCommand):
    help = "Prove that the activity log is what was sealed: one line a finding, one a partner."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--expect",
            action="append",
            default=[],
            type=logged_seal,
            metavar="SEAL:HASH",
            help="a seal and its hash from the server's log (event audit_sealed); may be repeated",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started, found = time.monotonic(), 0
        verification = Verification(expected=dict(options["expect"]))
        for finding in verification.findings():
            found += 1
            self.stdout.write(f"FINDING {finding}")
        for tally in verification.tallies:
            self.stdout.write(line(tally))
        if found:
            raise CommandError(f"The activity log is not what was sealed. Findings: {found:,}.")
        self.stdout.write(summary(verification, time.monotonic() - started))


def logged_seal(text: str) -> tuple[int, str]:
    if not re.fullmatch(r"[0-9]{1,18}:[0-9a-f]{64}", text):
        raise argparse.ArgumentTypeError("Write the seal's number, a colon, and its hash.")
    number, _colon, digest = text.partition(":")
    return int(number), digest


def line(tally: Tally) -> str:
    text = f"{tally.name}: {tally.seals:,} seals over {tally.events:,} events"
    if tally.dropped:
        text += f", {tally.dropped:,} more dropped in time"
    if tally.unsealed_since:
        since = tally.unsealed_since.strftime("%Y-%m-%d %H:%M UTC")
        text += f"; {tally.unsealed:,} not sealed yet, the oldest of {since}"
    return f"{text}."


def summary(verification: Verification, seconds: float) -> str:
    events = sum(tally.events for tally in verification.tallies)
    unsealed = sum(tally.unsealed for tally in verification.tallies)
    last = AuditSeal.objects.order_by("-number").first()
    end = f", the last seal is {last.number}:{last.hash}" if last else ""
    return (
        f"The activity log is what was sealed: {events:,} events in {seconds:.1f} s,"
        f" {unsealed:,} not sealed yet{end}."
    )
