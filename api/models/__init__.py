from .tokens import Token, TokenCustomer, TokenKind, TokenQuerySet

__all__ = ["Token", "TokenCustomer", "TokenKind", "TokenQuerySet"]
