"""What uploads hold about one user is given to that user."""

from accounts.models import User
from accounts.personal import relations as all_relations
from customers.services.batches import new_key
from tests.support.cast import Cast
from uploads.models import Upload, UploadRow
from uploads.personal import relations


def given(user: User, section: str) -> list[dict[str, object]]:
    return list(relations(user)[section][1])


def test_a_user_gets_what_was_sent_and_the_rows_that_are_about_them(cast: Cast) -> None:
    upload = Upload.objects.create(
        customer=cast.contoso, by=cast.alice, key=new_key(), file_name="people.csv"
    )
    UploadRow.objects.create(upload=upload, number=2, cells=["uma", "Uma"], user=cast.uma)
    UploadRow.objects.create(upload=upload, number=3, cells=["gail", "Gail"], user=cast.gail)
    assert [row["file_name"] for row in given(cast.alice, "uploads")] == ["people.csv"]
    assert [row["cells"] for row in given(cast.uma, "upload_rows")] == [["uma", "Uma"]]
    assert given(cast.uma, "uploads") == given(cast.alice, "upload_rows") == []


def test_the_file_of_a_user_has_them(cast: Cast) -> None:
    assert {"uploads", "upload_rows"} <= set(all_relations(cast.uma))
