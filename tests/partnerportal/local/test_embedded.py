"""The data folder of one machine, its secrets and its sockets."""

import base64
import socket
import stat
from pathlib import Path

import pytest

from partnerportal.local import embedded


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path / "data"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_data_folder_is_made_for_its_owner_alone(folder: Path) -> None:
    assert not folder.exists()
    assert embedded.data_dir() == folder
    assert mode(folder) == 0o700
    assert embedded.data_dir() == folder


def test_without_a_name_data_lies_in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", "")
    assert embedded.is_mail_url(f"filemail:///{embedded.BASE_DIR / 'var' / 'mail'}")


def test_a_secret_is_made_once(folder: Path) -> None:
    made = embedded.secret("one")
    assert len(made) >= 50
    assert embedded.secret("one") == made
    assert embedded.secret("two") != made
    assert mode(folder / "one.secret") == 0o600


def test_a_secret_may_be_a_key_to_encrypt_with(folder: Path) -> None:
    assert len(base64.urlsafe_b64decode(embedded.secret("key", "fernet"))) == 32


def test_mail_lies_in_a_folder_of_its_own(folder: Path) -> None:
    url = embedded.mail_url()
    assert mode(folder / "mail") == 0o700
    assert embedded.is_mail_url(url)
    assert not embedded.is_mail_url("filemail:////tmp/mail")
    assert embedded.mail_url() == url


def test_asking_for_the_folder_of_mails_makes_none(folder: Path) -> None:
    assert embedded.is_mail_url(f"filemail:///{folder / 'mail'}")
    assert not folder.exists()


def test_a_socket_has_a_short_name(folder: Path) -> None:
    assert embedded.socket_dir() == embedded.socket_dir()
    assert embedded.redis_url() == f"unix://{embedded.socket_dir() / 'valkey.sock'}"
    assert len(embedded.socket_dir().name) < 40


def test_a_folder_of_sockets_that_others_can_open_is_refused(folder: Path) -> None:
    place = embedded.socket_dir()
    place.mkdir(mode=0o700)
    assert embedded.socket_dir() == place
    place.chmod(0o750)
    with pytest.raises(SystemExit, match="is not private to you"):
        embedded.socket_dir()


def test_a_link_is_no_private_folder(folder: Path, tmp_path: Path) -> None:
    place = embedded.socket_dir()
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    place.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SystemExit, match="is not private to you"):
        embedded.socket_dir()


@pytest.mark.parametrize(("durable", "word"), [(True, "yes"), (False, "no")])
def test_valkey_listens_on_its_socket_alone(tmp_path: Path, *, durable: bool, word: str) -> None:
    command = embedded.valkey_command(tmp_path / "v.sock", tmp_path, durable=durable)
    options = dict(zip(command[1::2], command[2::2], strict=True))
    assert Path(command[0]).is_file()
    assert (options["--port"], options["--unixsocket"]) == ("0", str(tmp_path / "v.sock"))
    assert (options["--appendonly"], options["--unixsocketperm"]) == (word, "700")


def test_nothing_answers_where_nobody_listens(tmp_path: Path) -> None:
    assert not embedded.valkey_answers(tmp_path / "none.sock")


def test_something_else_that_answers_is_no_valkey() -> None:
    # A short path: that of a socket has 107 bytes.
    path = Path(embedded.socket_dir().parent) / "other.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        try:
            assert not embedded.valkey_answers(path)
        finally:
            path.unlink()


def test_a_running_valkey_answers(valkey: str) -> None:
    assert embedded.valkey_answers(Path(valkey.partition("://")[2].partition("?")[0]))
