"""A column of passwords stays unread, whatever a call says of it."""

from tests.api.broken.test_rights import checked
from tests.api.caller import script_of
from tests.support.cast import Cast
from uploads.models import Upload, UploadRow
from uploads.services import check_upload


def test_a_column_of_passwords_is_no_name(cast: Cast) -> None:
    script = script_of(cast.alice, grave=True)
    own = checked(script, cast, b"User name,Password\na@contoso.example,Hunter2-Hunter2\n")
    answer = script("POST", f"{own}/answers", {"columns": ["user_name", "display_name"]})
    if answer.status_code == 202:
        check_upload(Upload.objects.get().pk)
    assert "Hunter2" not in str(list(UploadRow.objects.values()))
    assert "Hunter2" not in str(list(Upload.objects.values()))
