from accounts.models import User
from customers.models import BatchState
from licensing.models import LicenseAssignment
from tests.factories import SubscriptionFactory
from tests.support.cast import Cast
from tests.uploads.uploading import HEADINGS, confirmed, outcomes, problems, upload_of
from uploads.models import UploadState
from uploads.services import UploadCounts


def test_file_becomes_people_with_licenses(cast: Cast) -> None:
    office = SubscriptionFactory.create(customer=cast.contoso, quantity=5)
    upload = upload_of(
        [
            HEADINGS,
            ["ada@contoso.example", "Ada", "Lovelace", office.product.name.lower()],
            ["", "", "", ""],
            ["grace@contoso.example", "Grace", "Hopper", ""],
        ],
        customer=cast.contoso,
        actor=cast.alice,
    )
    assert upload.state == UploadState.CHECKED, upload.refusal
    assert outcomes(upload) == {2: "add", 4: "add"}
    assert UploadCounts.from_json(upload.counts).seats == {office.pk: 1}
    assert not User.objects.filter(username="ada@contoso.example").exists()

    batch = confirmed(upload, actor=cast.alice)

    assert batch.state == BatchState.DONE, batch.refusal
    assert upload.state == UploadState.DONE
    ada = User.objects.get(username="ada@contoso.example")
    assert (ada.display_name, ada.must_change_password) == ("Ada Lovelace", True)
    assert LicenseAssignment.objects.live().get().user == ada
    assert (batch.done, batch.failed) == (2, 0)


def test_every_problem_of_every_row_is_told_at_once(cast: Cast) -> None:
    upload = upload_of(
        [
            ["User Name", "Display Name", "Country or Region", "Permissions"],
            ["ada@contoso.exampel", "Ada", "Atlantis", "Emperor"],
            ["gr ace@contoso.example", "", "", ""],
            ["uma@contoso.example", "Somebody else", "", ""],
            ["joan@contoso.example", "Joan", "", ""],
            ["JOAN@contoso.example", "Joan again", "", ""],
        ],
        customer=cast.contoso,
        actor=cast.alice,
    )

    assert outcomes(upload) == {2: "wrong", 3: "wrong", 4: "leave", 5: "add", 6: "wrong"}
    found = problems(upload)
    assert [column for column, _text in found[2]] == ["user_name", "country", "permissions"]
    assert [column for column, _text in found[3]] == ["user_name", "display_name"]
    assert found[6] == [("user_name", "Row 5 has the same user name.")]
