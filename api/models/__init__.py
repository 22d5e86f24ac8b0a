from .calls import RememberedCall
from .tokens import Token, TokenCustomer, TokenKind, TokenQuerySet

__all__ = ["RememberedCall", "Token", "TokenCustomer", "TokenKind", "TokenQuerySet"]
