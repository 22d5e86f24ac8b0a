"""The tokens by which applications let the portal keep accounts, as they lie in the database.

Sealed with keys that are derived from CREDENTIALS_KEYS for this alone
(accounts/signin/encryption.py).
"""

from accounts.signin.encryption import cipher_for

PURPOSE = b"partner portal: provisioning token"


def seal_token(token: str) -> str:
    return cipher_for(PURPOSE).encrypt(token.encode()).decode()


def unseal_token(sealed: str) -> str:
    """Return the token; raise cryptography's InvalidToken where no key opens it."""
    return cipher_for(PURPOSE).decrypt(sealed.encode()).decode()
