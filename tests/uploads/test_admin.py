from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from customers.models import Batch
from tests.support.cast import Cast
from tests.uploads.uploading import upload_of
from uploads.models import ColumnMapping, Upload, UploadState
from uploads.services import check_upload

LIST = reverse("admin:uploads_upload_changelist")
ADD = reverse("admin:uploads_upload_add")
RIGHT = b"User Name,Display Name\nada@contoso.example,Ada\njoan@nowhere.example,Joan\n"


def test_support_staff_import_a_file_by_the_upload_of_the_portal(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.support)
    file = SimpleUploadedFile("people.csv", RIGHT)

    client.post(ADD, {"customer": cast.contoso.pk, "file": file})

    upload = Upload.objects.get()
    assert (upload.customer, upload.by, upload.state) == (cast.contoso, cast.support, "waiting")
    check_upload(upload.pk)
    page = client.get(reverse("admin:uploads_upload_change", args=[upload.pk])).content.decode()
    assert "nowhere.example is not a domain of this customer" in page


def test_confirm_asks_once_more_and_leaves_it_to_a_worker(client: Client, cast: Cast) -> None:
    client.force_login(cast.support)
    upload = upload_of(RIGHT, customer=cast.contoso, actor=cast.support)
    asked = {"action": "confirm_uploads", "_selected_action": [upload.pk]}

    page = client.post(LIST, asked).content.decode()
    assert "To be added: 1" in page
    assert not Batch.objects.exists()

    client.post(LIST, {**asked, "confirmed": "yes"})
    upload.refresh_from_db()
    assert upload.state == UploadState.CONFIRMED
    assert upload.batch is not None


def test_canceled_upload_adds_nobody(client: Client, cast: Cast) -> None:
    client.force_login(cast.support)
    upload = upload_of(RIGHT, customer=cast.contoso, actor=cast.support)

    client.post(LIST, {"action": "cancel_uploads", "_selected_action": [upload.pk]})

    upload.refresh_from_db()
    assert upload.state == UploadState.CANCELED
    assert not User.objects.filter(username="ada@contoso.example").exists()


def test_a_remembered_heading_is_listed_as_it_was_written(client: Client, cast: Cast) -> None:
    client.force_login(cast.support)
    ColumnMapping.objects.create(
        customer=cast.contoso, header="ort", heading="Ort", column="office"
    )
    page = client.get(reverse("admin:uploads_columnmapping_changelist")).content.decode()
    assert ">Ort</" in page
    assert "Office Number" in page


def test_an_empty_file_is_refused_on_the_form(client: Client, cast: Cast) -> None:
    client.force_login(cast.support)

    page = client.post(
        ADD, {"customer": cast.contoso.pk, "file": SimpleUploadedFile("people.csv", b"")}
    )

    assert page.status_code == 200
    assert "empty" in page.content.decode()
    assert not Upload.objects.exists()
