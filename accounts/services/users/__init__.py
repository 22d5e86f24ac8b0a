"""A user's life. Every service takes many, names its actor, and is one transaction.

`batch` is one that waited, and that the caller has begun; without it a service opens its own.
"""

from .adding import Added, add_unseen_users, add_users
from .blocking import allow_users, block_users
from .changing import ChangedMeanwhile, change_user, change_users
from .deleting import delete_users
from .inserting import write_users
from .naming import NamesTaken
from .new_users import License, NewUser
from .passwords import Reset, choose_password, forget_passwords, reset_passwords
from .purging import Purged, purge_due_users, remove_users
from .restoring import PlanChanged, Return, plan_restore, restore_users

__all__ = [
    "Added",
    "ChangedMeanwhile",
    "License",
    "NamesTaken",
    "NewUser",
    "PlanChanged",
    "Purged",
    "Reset",
    "Return",
    "add_unseen_users",
    "add_users",
    "allow_users",
    "block_users",
    "change_user",
    "change_users",
    "choose_password",
    "delete_users",
    "forget_passwords",
    "plan_restore",
    "purge_due_users",
    "remove_users",
    "reset_passwords",
    "restore_users",
    "write_users",
]
