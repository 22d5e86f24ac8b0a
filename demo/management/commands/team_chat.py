import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ...applications import move_team_chat


class Command(BaseCommand):
    help = (
        "Register the demo's Team Chat at another address. FILE is what `demo` wrote for it: its"
        " client ID and secret."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("url", help="such as http://localhost:8100")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            client = json.loads(options["file"].read_text())
            there = move_team_chat(client["client_id"], client["client_secret"], options["url"])
        except (OSError, ValueError, KeyError):
            raise CommandError(f"{options['file']} has no client ID and secret.") from None
        if not there:
            raise CommandError("Team Chat has been removed, or has another secret now.")
