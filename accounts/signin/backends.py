from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser

from ..models import User
from ..passwords import canonical
from .admission import refuse_before_start, refuse_expired_password
from .lookup import user_named, user_of_id


class UserNameBackend(AuthenticationBackend):
    """Sign-in by user name; a temporary password may be typed with or without its hyphens."""

    def _authenticate_by_username(self, username: str, password: str) -> Any:
        return self._check_password(user_named(username), password)

    def _check_password(self, user: AbstractBaseUser | None, password: str) -> Any:
        """Raise NotAdmitted for a right password before the first day, and for a right temporary
        one that has expired, at whatever door.
        """
        if isinstance(user, User) and user.temporary_password_set_at:
            password = canonical(password)
        if isinstance(user, User) and user.is_machine:
            return None
        found = super()._check_password(user, password)
        if isinstance(found, User):
            refuse_before_start(found)
            refuse_expired_password(found)
        return found

    def get_user(self, user_id: int) -> User | None:
        user = user_of_id(user_id)
        if user is None or user.is_machine:
            # An integration has no session, whatever has made one.
            return None
        return user if self.user_can_authenticate(user) else None
