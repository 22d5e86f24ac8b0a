from . import groups, licenses, readonly, second_steps, sheets, users

__all__ = ["groups", "licenses", "readonly", "second_steps", "sheets", "users"]
