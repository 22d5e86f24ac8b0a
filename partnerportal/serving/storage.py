"""The bucket of an S3-compatible service in which uploads wait for a worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage


@contextmanager
def _as_connection() -> Iterator[None]:
    """Raise ConnectionError, which is worth another try: of storage the apps know OSError."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise ConnectionError(f"The bucket does not answer: {type(error).__name__}") from error


class BucketStorage(S3Storage):
    """Private objects under names of their own, read as a whole before they are parsed."""

    def get_default_settings(self) -> dict[str, Any]:
        patience = Config(
            connect_timeout=3,
            read_timeout=30,
            retries={"max_attempts": 2},
            s3={"addressing_style": "path"},
        )
        defaults: dict[str, Any] = super().get_default_settings()
        return defaults | {
            "client_config": patience,
            "file_overwrite": False,
            # What is larger goes through the temporary folder.
            "max_memory_size": 4 * 2**20,
        }

    def _open(self, name: str, mode: str = "rb") -> Any:
        with _as_connection():
            return super()._open(name, mode).open()

    def _save(self, name: str, content: Any) -> str:
        with _as_connection():
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        with _as_connection():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _as_connection():
            return bool(super().exists(name))

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with _as_connection():
            folders, files = super().listdir(path)
        return folders, files

    def get_modified_time(self, name: str) -> Any:
        with _as_connection():
            return super().get_modified_time(name)
