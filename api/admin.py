"""What support staff see of the API."""

from . import source_admin

__all__ = ["source_admin"]
