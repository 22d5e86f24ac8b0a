"""License rules: what they take for very many users, where nothing is to do, and at a create."""

from .licenses import measure

__all__ = ["measure"]
