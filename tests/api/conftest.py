"""What the tests of the API have in common: a server that keeps what it was asked."""

from tests.applications.conftest import listener

__all__ = ["listener"]
