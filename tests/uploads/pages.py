"""Uploads in every state, for the pages that show them."""

from django.db import connection, transaction

from accounts.models import User
from customers.models import Customer
from tests.uploads.uploading import confirmed, upload_of
from uploads.models import Upload, UploadState
from uploads.services import Short, cancel_upload, choose_options


def uploads_in_every_state(contoso: Customer, alice: User) -> dict[str, Upload]:
    """By a word for the state; those under way stay so, since no worker is told of them."""
    with transaction.atomic():
        made = _made(contoso, alice)
        connection.run_on_commit.clear()
    return made


def _made(contoso: Customer, alice: User) -> dict[str, Upload]:
    made = {
        name: upload_of(content, customer=contoso, actor=alice, name=f"{name}.csv")
        for name, content in _files(contoso).items()
    }
    confirmed(made["done"], actor=alice, short=Short.WITHOUT)
    cancel_upload(made["canceled"], actor=alice)
    choose_options(made["waiting"], actor=alice)
    expected = {
        "letters": UploadState.ASKING,
        "columns": UploadState.ASKING,
        "refused": UploadState.REFUSED,
        "waiting": UploadState.WAITING,
    }
    for name, upload in made.items():
        upload.refresh_from_db()
        assert upload.state == expected.get(name, upload.state)
    return made


def _files(contoso: Customer) -> dict[str, bytes]:
    domain = contoso.domains.get(is_primary=True).name
    there = contoso.users.filter(deleted_at=None).order_by("pk")[0].user_name
    gone = contoso.users.filter(purge_after__isnull=False).order_by("-pk")[0].user_name
    product = contoso.subscriptions.current().for_list()[0].product.name
    heading = "User Name,First Name,Last Name,Country or Region,Subscriptions,Pet"
    right = "\n".join(f"u{number}@{domain},U,{number},,," for number in range(60))
    wrong = (
        f"ada@{domain},Ada,Lovelace,Atlantis,Nothing,cat\n{there},Somebody,Else,,,\n"
        f"{gone},Back,Again,,,\ngrace@elsewhere.example,Grace,Hopper,,{product},"
    )
    return {
        "checked": f"{heading}\n{wrong}\n{right}".encode(),
        "letters": f"User Name,Display Name\nada@{domain},Adá".encode("cp1252"),
        "columns": f"Wer,Wie\nada@{domain},Ada".encode(),
        "refused": b"%PDF-1.7",
        "canceled": f"User Name,Display Name\nada@{domain},Ada".encode(),
        "waiting": f"User Name,Display Name\njoan@{domain},Joan".encode(),
        "done": f"{heading}\nlin@{domain},Lin,Ek,,,\n{wrong}".encode(),
    }
