"""People upload while the disk is full: a sentence each, nothing by halves, and no restart after.

The disk is a file system of 1 MB where one may be mounted; elsewhere no file that the web server
writes may grow beyond a limit, which the system refuses in the same way.
"""

import os
import resource
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from tests.deploy.containers import Container
from tests.operations.test_outages import Site, site
from tests.operations.visitors import Visitor
from tests.patience import wait_for
from tests.support.forms import fields, words
from tests.support.servers import manage
from uploads.sealed_files import sealed

__all__ = ["site"]

pytestmark = [pytest.mark.postgres, pytest.mark.long]

# What waits for a worker, and what is on its way: each on a small disk of its own.
PLACES = ("uploads", "tmp")
LARGEST = 200_000
TRIES = 3
TAKEN, REFUSED = "taken", "refused"


def users(count: int) -> bytes:
    """A file of 300 bytes a user."""
    rows = [f"u{number}@contoso.example,U,{'x' * 300}"[:298] for number in range(count)]
    return "\r\n".join(["User Name,Display Name,Pet", *rows]).encode()


# The one stays in memory until it is kept, the other one lies on the disk before.
SMALL, LARGE = users(1_000), users(10_000)


@pytest.fixture
def make_room(site: Site) -> Iterator[Callable[[], None]]:
    """The disks of the web server are small; what is called makes them large."""
    site.worker.kill()
    places = [site.folder / name for name in PLACES]
    for place in places:
        place.mkdir(exist_ok=True)
    mounted = [place for place in places if mount(place, "size=1m")]
    site.web.stop()
    site.web.environment["TMPDIR"] = str(site.folder / "tmp")
    site.web.start()
    wait_for(site.web.is_well, "The web server")
    if not mounted:
        limit_files(site.web, LARGEST)
    print("small disks" if mounted else "small files")

    def make_room() -> None:
        for place in mounted:
            assert mount(place, "remount,size=64m")
        limit_files(site.web, resource.RLIM_INFINITY)

    yield make_room
    for place in mounted:
        subprocess.run(["umount", "--lazy", place], check=True)


def mount(place: Path, options: str) -> bool:
    """Whether this machine lets us."""
    command = ["mount", "-t", "tmpfs", "-o", options, "none", str(place)]
    if os.getuid() or not shutil.which(command[0]):
        return False
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def limit_files(web: Container, size: int) -> None:
    for pid in web.processes():
        _soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))


def send(visitor: Visitor, path: str, content: bytes) -> str:
    page = visitor.get(path)
    form, cookie = fields(page.body.decode()), page.headers["Set-Cookie"].partition(";")[0]
    answer = visitor.send(path, form, cookie, content)
    if answer.status == 302:
        return TAKEN
    assert answer.status == 200, answer.body.decode()
    assert "Nothing was changed: try again in a few minutes." in words(answer.body.decode())
    return REFUSED


def test_a_full_disk_refuses_uploads_with_a_sentence_until_there_is_room(
    site: Site, make_room: Callable[[], None]
) -> None:
    # Their password was reset, and they have chosen one of their own since.
    site.ask(
        "UPDATE accounts_user"
        " SET must_change_password = false, temporary_password_set_at = NULL"
        " WHERE username = 'gail@contoso.example' RETURNING id"
    )
    gail = Visitor(site.web, "gail@contoso.example")
    path = f"/customers/{site.customer}/users/upload/"
    senders = [
        partial(send, who, path, content)
        for who in (site.visitor, gail)
        for content in (SMALL, LARGE)
    ]

    def all_at_once() -> list[str]:
        with ThreadPoolExecutor(len(senders)) as pool:
            return [each.result() for each in [pool.submit(sender) for sender in senders]]

    told = Counter(answer for _try in range(TRIES) for answer in all_at_once())
    assert told[REFUSED] > len(senders) * TRIES / 2
    # No worker has read any: what was taken is there as a whole, and nothing else is.
    kept = [str(name) for (name,) in site.ask("SELECT file FROM uploads_upload")]
    assert len(kept) == told[TAKEN]
    with sealed(ContentFile(SMALL)) as whole:
        assert sizes(site) == dict.fromkeys(kept, whole.size)
    assert [*(site.folder / "tmp").iterdir()] == []

    make_room()
    assert all_at_once() == [TAKEN] * len(senders)
    site.worker.start()
    wait_for(lambda: set(states(site)) == {"checked"}, "The worker")
    assert states(site).total() == told[TAKEN] + len(senders)
    assert sizes(site) == {}
    manage("check_invariants", DATABASE_URL=site.database)
    print(f"full: {dict(told)}, then all {len(senders)} taken, and all read")


def sizes(site: Site) -> dict[str, int]:
    """Of the files that are kept, by the name that the database has for them."""
    root = site.folder / "uploads"
    found = [path for path in root.rglob("*") if path.is_file()]
    return {str(path.relative_to(root)): path.stat().st_size for path in found}


def states(site: Site) -> Counter[str]:
    return Counter(str(state) for (state,) in site.ask("SELECT state FROM uploads_upload"))
