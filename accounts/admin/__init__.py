from . import groups, licenses, readonly, sheets, users

__all__ = ["groups", "licenses", "readonly", "sheets", "users"]
