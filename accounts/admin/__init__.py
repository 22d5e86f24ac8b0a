from . import groups, licenses, readonly, second_steps, sheets, uploads, users

__all__ = ["groups", "licenses", "readonly", "second_steps", "sheets", "uploads", "users"]
