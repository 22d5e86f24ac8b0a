"""A file that the disk has no room for leaves none of it there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile, File

from partnerportal.serving.disk import DiskStorage


class Breaking(ContentFile[bytes]):
    """Breaks off behind its first chunk, as a disk that is full does."""

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield b"the first part"
        raise OSError(28, "No space left on device")


@pytest.fixture
def storage(tmp_path: Path) -> DiskStorage:
    return DiskStorage(tmp_path)


def test_a_file_is_kept_under_its_name(storage: DiskStorage, tmp_path: Path) -> None:
    file: File[bytes] = ContentFile(b"Ada")
    assert storage.save("uploads/one.csv", file) == "uploads/one.csv"
    assert (tmp_path / "uploads" / "one.csv").read_bytes() == b"Ada"


def test_nothing_is_left_of_what_breaks_off(storage: DiskStorage, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left"):
        storage.save("uploads/one.csv", Breaking(b""))
    assert list((tmp_path / "uploads").iterdir()) == []


def test_others_stay_where_one_breaks_off(storage: DiskStorage, tmp_path: Path) -> None:
    storage.save("one.csv", ContentFile(b"Ada"))
    with pytest.raises(OSError, match="No space left"):
        storage.save("two.csv", Breaking(b""))
    assert [path.name for path in tmp_path.iterdir()] == ["one.csv"]


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        DiskStorage(tmp_path / "file").save("one.csv", ContentFile(b"Ada"))
