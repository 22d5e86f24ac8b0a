"""`portal`: what one types, and what is printed."""

import csv
import json
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from . import settings
from .client import BETWEEN, Portal, Told, where
from .problems import Problem
from .settings import Settings

app = typer.Typer(no_args_is_help=True, help="The Partner Portal's command line.")
customers_app = typer.Typer(no_args_is_help=True, help="Customers.")
users_app = typer.Typer(no_args_is_help=True, help="A customer's users.")
licenses_app = typer.Typer(no_args_is_help=True, help="Licenses of users.")
audit_app = typer.Typer(no_args_is_help=True, help="The activity log.")
for name, part in (
    ("customers", customers_app),
    ("users", users_app),
    ("licenses", licenses_app),
    ("audit", audit_app),
):
    app.add_typer(part, name=name)

AsJson = Annotated[bool, typer.Option("--json", help="Print what the portal answered.")]
CustomerName = Annotated[str, typer.Argument(help="A domain of the customer, or its ID.")]
UserNames = Annotated[list[str], typer.Argument(help="User names or IDs.")]
Reason = Annotated[str, typer.Option(help="For the activity log.")]

# Progress and problems; what was asked for goes to standard output alone.
aside = Console(stderr=True)


def portal() -> Portal:
    return Portal(settings.load())


def shown(rows: Iterable[Told], columns: Sequence[tuple[str, str]], *, as_json: bool) -> None:
    """Print rows as a table, or as JSON, a line each."""
    if as_json:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False)
    for heading, _path in columns:
        table.add_column(heading)
    for row in rows:
        # As it is: a name with brackets is no markup.
        table.add_row(*(Text(_text(row, path)) for _heading, path in columns))
    # As wide as it needs to be where it goes into a file or another program.
    Console(width=None if sys.stdout.isatty() else 10_000).print(table)


def _text(row: Told, path: str) -> str:
    value: Any = row
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


@app.command()
def login(
    url: Annotated[
        str, typer.Argument(help="Where the portal is, such as https://portal.example.com.")
    ],
    token: Annotated[
        str, typer.Option(prompt=True, hide_input=True, help="Asked for, so that no log has it.")
    ],
) -> None:
    """Sign in with a token, which is kept in a file that only you can read."""
    if not url.startswith(("https://", "http://")):
        url = f"https://{url}"
    told = Settings(url.rstrip("/"), token.strip())
    me = Portal(told).call("GET", "me")
    settings.save(told)
    print(f"Signed in as {me['displayName']} by the token {me['token']}, valid until {me['ends']}.")


@app.command()
def logout() -> None:
    """Forget the token on this machine. It stays valid until it is revoked in the portal."""
    print("Signed out." if settings.forget() else "You were not signed in.")


@app.command()
def whoami(*, as_json: AsJson = False) -> None:
    """Show what the token may do."""
    me = portal().call("GET", "me")
    columns = [("Name", "displayName"), ("Token", "token"), ("Ends", "ends")]
    shown([me], columns, as_json=as_json)
    if not as_json:
        print(f"Permissions: {', '.join(me['permissions'])}")


@customers_app.command("list")
def list_customers(*, as_json: AsJson = False) -> None:
    """List the customers that the token sees."""
    columns = [
        ("Name", "companyProfile.companyName"),
        ("Domain", "companyProfile.domain"),
        ("Users", "users"),
        ("ID", "id"),
    ]
    shown(portal().each("customers"), columns, as_json=as_json)


@users_app.command("list")
def list_users(
    customer: CustomerName,
    search: Annotated[str, typer.Option(help="Words of a name.")] = "",
    *,
    deleted: Annotated[bool, typer.Option(help="Those who can be restored.")] = False,
    as_json: AsJson = False,
) -> None:
    """List a customer's users."""
    there = portal()
    wanted = where("UserState", "equals", "Inactive") if deleted else ""
    path = f"customers/{there.customer(customer)}/users"
    columns = [
        ("Name", "displayName"),
        ("User name", "userPrincipalName"),
        ("Sign-in", "accountEnabled"),
        ("Department", "department"),
        ("ID", "id"),
    ]
    shown(there.each(path, search=search, filter=wanted), columns, as_json=as_json)


@users_app.command("add")
def add_user(  # noqa: PLR0913 - each is an option
    customer: CustomerName,
    user_name: Annotated[str, typer.Argument(help="Such as nora@contoso.com.")],
    display_name: Annotated[str, typer.Argument()],
    first_name: Annotated[str, typer.Option()] = "",
    last_name: Annotated[str, typer.Option()] = "",
    location: Annotated[str, typer.Option(help="Usage location, such as NO.")] = "",
    department: Annotated[str, typer.Option()] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Add a user, and print the temporary password: it is shown this once."""
    there = portal()
    body = {
        "userPrincipalName": user_name,
        "displayName": display_name,
        "firstName": first_name,
        "lastName": last_name,
        "usageLocation": location,
        "department": department,
    }
    sent = {name: value for name, value in body.items() if value}
    user = there.call("POST", f"customers/{there.customer(customer)}/users", sent)
    columns = [("User name", "userPrincipalName"), ("Password", "passwordProfile.password")]
    shown([user], columns, as_json=as_json)


@users_app.command("upload")
def upload_users(
    customer: CustomerName,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    existing: Annotated[
        str, typer.Option(help="leave, details, addLicenses or replaceLicenses.")
    ] = "leave",
    short: Annotated[
        str, typer.Option(help="When seats run short: stop, first or without.")
    ] = "stop",
    *,
    confirm: Annotated[bool, typer.Option(help="Add and change what is right.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check a file of users, and with --confirm add them. Exit status 1: some rows are wrong."""
    there = portal()
    path = f"customers/{there.customer(customer)}/uploads"
    content = file.read_bytes()
    upload = there.call("POST", path, content=content, fileName=file.name, existing=existing)
    own = f"{path}/{upload['id']}"
    with Progress(console=aside, transient=True) as progress:
        task = progress.add_task("Checking", total=None)
        while upload["state"] == "waiting":
            time.sleep(BETWEEN)
            upload = there.call("GET", own)
            progress.advance(task)
    if upload["state"] != "checked":
        question = upload.get("question")
        raise Problem(
            f"The file asks a question first: {question}. Answer it in the portal."
            if question
            else upload["refusal"] or f"The upload is {upload['state']}."
        )
    rows = [
        {"row": row["row"], **problem} for row in upload["problems"] for problem in row["problems"]
    ]
    if as_json:
        print(json.dumps(upload, ensure_ascii=False))
    else:
        columns = [("Row", "row"), ("Column", "column"), ("Problem", "text"), ("Try", "suggestion")]
        shown(rows, columns, as_json=False)
        print(", ".join(f"{count} {outcome}" for outcome, count in upload["rows"].items()))
    if confirm:
        body = {"seen": upload["fingerprint"], "short": "" if short == "stop" else short}
        _follow(there, there.call("POST", f"{own}/confirm", body))
    else:
        there.call("POST", f"{own}/cancel")
    if rows:
        raise typer.Exit(1)


@users_app.command("delete")
def delete_users(customer: CustomerName, users: UserNames, reason: Reason = "") -> None:
    """Delete users. They can be restored for 30 days."""
    _many("delete", customer, users, reason)


@users_app.command("restore")
def restore_users(customer: CustomerName, users: UserNames, reason: Reason = "") -> None:
    """Restore deleted users, with their licenses as far as seats are free."""
    _many("restore", customer, users, reason)


@users_app.command("block")
def block_users(customer: CustomerName, users: UserNames, reason: Reason = "") -> None:
    """Block users' sign-in, at once and everywhere."""
    _many("block", customer, users, reason)


@users_app.command("allow")
def allow_users(customer: CustomerName, users: UserNames, reason: Reason = "") -> None:
    """Allow users to sign in again."""
    _many("allow", customer, users, reason)


def _many(action: str, customer: str, users: Sequence[str], reason: str) -> None:
    there = portal()
    own = there.customer(customer)
    ids = [there.user(own, user, deleted=action == "restore") for user in users]
    body = {"action": action, "users": ids, "reason": reason}
    _follow(there, there.call("POST", f"customers/{own}/batches", body))


@licenses_app.command("assign")
def assign(
    customer: CustomerName,
    sku: Annotated[str, typer.Argument(help="A product's SKU, name or ID.")],
    users: UserNames,
    *,
    as_many_as_fit: Annotated[bool, typer.Option(help="As far as seats are free.")] = False,
) -> None:
    """Assign a license to users: all of them, or none."""
    _licenses(customer, sku, users, "licensesToAssign", as_many_as_fit=as_many_as_fit)


@licenses_app.command("remove")
def remove(
    customer: CustomerName,
    sku: Annotated[str, typer.Argument(help="A product's SKU, name or ID.")],
    users: UserNames,
) -> None:
    """Remove a license from users."""
    _licenses(customer, sku, users, "licensesToRemove", as_many_as_fit=False)


def _licenses(
    customer: str, sku: str, users: Sequence[str], field: str, *, as_many_as_fit: bool
) -> None:
    there = portal()
    own = there.customer(customer)
    product = there.sku(own, sku)
    body: Told = {
        "users": [there.user(own, user) for user in users],
        field: [{"skuId": product}] if field == "licensesToAssign" else [product],
        "asManyAsFit": as_many_as_fit,
    }
    _follow(there, there.call("POST", f"customers/{own}/licenseupdates", body))


@licenses_app.command("list")
def list_seats(customer: CustomerName, *, as_json: AsJson = False) -> None:
    """List what a customer has bought, with seats."""
    there = portal()
    rows = there.call("GET", f"customers/{there.customer(customer)}/subscribedskus")["items"]
    columns = [
        ("Product", "productSku.name"),
        ("SKU", "productSku.skuPartNumber"),
        ("Seats", "totalUnits"),
        ("Assigned", "consumedUnits"),
        ("Available", "availableUnits"),
    ]
    shown(rows, columns, as_json=as_json)


@audit_app.command("export")
def export(
    since: Annotated[str, typer.Option(help="The first day, such as 2027-01-01.")] = "",
    until: Annotated[str, typer.Option(help="The last day.")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Print the activity log as CSV, the newest first; the last 30 days unless told otherwise."""
    records = portal().each("auditrecords", startDate=since, endDate=until)
    if as_json:
        shown(records, (), as_json=True)
        return
    writer = csv.writer(sys.stdout)
    writer.writerow(["date", "operation", "by", "customer", "target", "reason"])
    for record in records:
        data = {each["key"]: each["value"] for each in record["customizedData"]}
        row = [
            *(record["operationDate"], record["operationType"], record["userPrincipalName"]),
            *(record.get("customerName", ""), data.get("TargetName", ""), data.get("Reason", "")),
        ]
        writer.writerow([_harmless(str(value)) for value in row])


def _harmless(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _follow(there: Portal, batch: Told) -> None:
    """Show how far a batch is, then what came of it. Exit status 1 where something was not done."""
    with Progress(console=aside, transient=True) as progress:
        task = progress.add_task(batch["action"], total=1)
        for batch in there.followed(batch):  # noqa: B020, PLR1704 - the last one is what came of it
            progress.update(task, completed=batch.get("progress") or 0)
    already = f"{number} as asked for before, " if (number := batch.get("already")) else ""
    print(f"{batch['done']} done, {already}{batch['failed']} not done.")
    if batch["refusal"]:
        raise Problem(batch["refusal"])
    if batch["failed"]:
        for item in there.each(f"batches/{batch['id']}/items"):
            if item["reason"]:
                print(f"{item['userId']}: {item['reason']}")
        raise typer.Exit(1)


def run() -> None:
    try:
        app()
    except Problem as problem:
        aside.print(Text(str(problem), style="red"))
        sys.exit(problem.status)
