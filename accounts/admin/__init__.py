from . import groups, licenses, readonly, sheets, uploads, users

__all__ = ["groups", "licenses", "readonly", "sheets", "uploads", "users"]
