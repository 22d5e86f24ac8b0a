from .sources import Doing, ScimLink, Source, SourceRefusal
from .tokens import Token, TokenCustomer, TokenKind, TokenQuerySet

__all__ = [
    "Doing",
    "ScimLink",
    "Source",
    "SourceRefusal",
    "Token",
    "TokenCustomer",
    "TokenKind",
    "TokenQuerySet",
]
