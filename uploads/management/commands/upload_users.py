import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services.queue import nobody_sent
from accounts.services.running import run_batch
from customers.errors import Refused
from customers.formats import figure
from customers.models import Batch, BatchState, Customer
from customers.services.batches import new_key

from ...models import RowOutcome, Upload, UploadState
from ...services import (
    Existing,
    Licensing,
    Options,
    Short,
    UploadCounts,
    answer,
    cancel_upload,
    check_upload,
    confirm_upload,
    fingerprint,
    receive_upload,
    report,
)

OUTCOMES = {
    RowOutcome.ADD: ("user to add", "users to add"),
    RowOutcome.CHANGE: ("user to change", "users to change"),
    RowOutcome.RESTORE: ("user to restore", "users to restore"),
    RowOutcome.LEAVE: ("user without a change", "users without a change"),
    RowOutcome.DROP: ("row left out", "rows left out"),
    RowOutcome.WRONG: ("row with errors", "rows with errors"),
}
# By the words of --existing.
EXISTING = {
    "leave": Existing(),
    "details": Existing(details=True),
    "add-licenses": Existing(licenses=Licensing.ADD),
    "replace-licenses": Existing(licenses=Licensing.REPLACE),
}
# Seconds until it looks again: for others who have the places, or a worker that has this one.
PAUSE = 0.2
WRONG_ROWS = 1
FILE_REFUSED = 2


class Command(BaseCommand):
    help = (
        "Check a file of users for a customer; with --confirm, add them. Exit status 0: all rows"
        " are right; 1: some are wrong, or it could not be done; 2: the file is refused."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("customer_domain", help="a domain of the customer")
        parser.add_argument("file", type=Path, help="a .csv, .xlsx, .xls or .ods file")
        parser.add_argument("--confirm", action="store_true", help="write what is right")
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument(
            "--as",
            dest="actor",
            default="",
            help="user name of the user who does it; without it the activity log names the first of"
            " the support staff",
        )
        parser.add_argument("--encoding", default="", help="where the file can be read in two ways")
        parser.add_argument("--separator", default="", help="where columns can be told in two ways")
        parser.add_argument(
            "--headings",
            choices=("yes", "no"),
            default="",
            help="where the first row looks like a user",
        )
        parser.add_argument(
            "--existing",
            choices=tuple(EXISTING),
            default="leave",
            help="what becomes of users who are there",
        )
        parser.add_argument(
            "--short",
            choices=("stop", "first", "without"),
            default="stop",
            help="when seats run short",
        )

    @nobody_sent()
    def handle(self, *args: Any, **options: Any) -> None:
        upload, actor = _read(options)
        if upload.state != UploadState.CHECKED:
            self._say({"refused": _why(upload), **report(upload)}, options["format"])
            if upload.state == UploadState.ASKING:
                # The next try, which says what was asked, brings the file along.
                cancel_upload(upload, actor=actor)
            sys.exit(FILE_REFUSED)
        found = report(upload) | {"as": actor.user_name}
        acts = UploadCounts.from_json(upload.counts).acts
        batch = None
        try:
            if options["confirm"] and acts:
                short = Short.STOP if options["short"] == "stop" else Short(options["short"])
                seen = fingerprint(upload)
                batch = finish(confirm_upload(upload, short=short, seen=seen, actor=actor))
        except Refused as refused:
            found["refused"] = str(refused)
        finally:
            if batch is None:
                cancel_upload(Upload.objects.get(pk=upload.pk), actor=actor)
        written = batch is not None and batch.state == BatchState.DONE
        found["written"] = written
        if batch is not None:
            found |= {"done": batch.done, "batch": batch.pk}
            found |= {} if written else {"refused": batch.refusal}
        self._say(found, options["format"])
        if "refused" in found or found["rows"].get(RowOutcome.WRONG):
            sys.exit(WRONG_ROWS)

    def _say(self, found: dict[str, Any], form: str) -> None:
        if form == "json":
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            return
        lines = [found["reading"]] if found.get("reading") else []
        lines += [found["refused"]] if "refused" in found else []
        counts = [
            f"{figure(count)} {OUTCOMES[RowOutcome(name)][count != 1]}"
            for name, count in found["rows"].items()
        ]
        lines += [f"{', '.join(counts)}."] if counts else []
        lines += [
            f"{seat['product']}: {seat['wanted']} wanted, {seat['free']} free,"
            f" {seat['missing']} missing"
            for seat in found["seats"]
        ]
        for row in [*found["problems"], *found["warnings"]]:
            for problem in row.get("problems", ()) or row["warnings"]:
                place = f"row {row['row']}, {problem['column'] or 'row'}"
                hint = f" ({problem['suggestion']}?)" if problem["suggestion"] else ""
                lines.append(f"{place}: {problem['text']}{hint}")
        if found.get("written"):
            users = "user was" if found["done"] == 1 else "users were"
            lines.append(
                f"{figure(found['done'])} {users} written; the activity log names {found['as']}."
            )
            lines.append("Temporary passwords wait under Passwords to hand over.")
        for line in lines:
            self.stdout.write(line)


def _read(options: dict[str, Any]) -> tuple[Upload, User]:
    """Read the file, with the answers that were given beforehand, as the user that is returned."""
    domain: str = options["customer_domain"]
    customer = Customer.objects.filter(domains__name=domain.strip().lower()).first()
    if customer is None:
        raise CommandError(f"No customer has the domain {domain}.", returncode=FILE_REFUSED)
    named = options["actor"].lower()
    users = User.objects.filter(deleted_at=None, blocked_at=None)
    # Without a name, the first of the support staff.
    wanted = users.filter(username=named) if named else users.filter(is_superuser=True)
    actor = wanted.order_by("pk").first()
    if actor is None:
        raise CommandError("Say by --as who does it: nobody has that user name.", returncode=2)
    path: Path = options["file"]
    try:
        with path.open("rb") as file:
            upload = receive_upload(
                File(file, name=path.name),
                Options(existing=EXISTING[options["existing"]]),
                customer=customer,
                actor=actor,
                key=new_key(),
            )
    except OSError as error:
        raise CommandError(
            f"{path} can't be read: {error.strerror}.", returncode=FILE_REFUSED
        ) from None
    except Refused as refused:
        raise CommandError(str(refused), returncode=FILE_REFUSED) from None
    _checked(upload)
    for question in ("encoding", "separator", "headings"):
        asked = upload.state == UploadState.ASKING and upload.reading.question == question
        if asked and options[question]:
            answer(upload, {question: options[question]}, actor=actor)
            _checked(upload)
    return upload, actor


def _checked(upload: Upload) -> None:
    """Check it in its turn: other files of the partner come first, or a worker takes this one."""
    upload.refresh_from_db()
    while upload.state == UploadState.WAITING:
        if not check_upload(upload.pk):
            time.sleep(PAUSE)
        upload.refresh_from_db()


def _why(upload: Upload) -> str:
    if upload.state != UploadState.ASKING:
        return upload.refusal
    question = upload.reading.question
    if question == "columns":
        headings = ", ".join(upload.reading.headings)
        return f"No column holds the user names. The file has: {headings}."
    choices = ", ".join(choice["value"] for choice in upload.reading.choices)
    return f"The file can be read in several ways. Say --{question}, one of: {choices}."


def finish(batch: Batch) -> Batch:
    """Return the batch done or refused, by this process or by a worker that has it already."""
    run_batch(batch.pk)
    batch.refresh_from_db()
    while batch.state == BatchState.WAITING:
        time.sleep(PAUSE)
        run_batch(batch.pk)
        batch.refresh_from_db()
    return batch
