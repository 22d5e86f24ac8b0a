"""Secrets that the admin makes: each is shown until Done, to the second of two clicks, too."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.http import HttpRequest, HttpResponse

from customers.query_params import read_id

from ..signin.kept_secrets import KeptSecrets
from .reauthentication import ProofAdmin


class ToldOnceAdmin(ProofAdmin):
    """An admin whose rows get a secret to hand over; Done leads to the page of the row."""

    secrets: KeptSecrets

    def twins(self, form: forms.ModelForm[Any]) -> Iterable[Any]:
        """Return the rows of which one can be what this refused form was to add."""
        raise NotImplementedError

    def kept_secret(self, request: HttpRequest, row: Any) -> str:
        """Return the secret to hand over, or "" where none is kept that is still the row's."""
        raise NotImplementedError

    def secret_page(self, request: HttpRequest, row: Any, secret: str) -> HttpResponse:
        raise NotImplementedError

    def keep_and_show(self, request: HttpRequest, row: Any, secret: str) -> HttpResponse:
        """Keep the secret, and show it. Inside the transaction that has made it."""
        self.secrets.keep(request, row.pk, secret)
        try:
            # With the row itself: whoever waits for its lock or name finds the secret, too.
            request.session.save()
        except UpdateError:
            # Ended since: nobody could read the secret again, and nothing is written.
            raise SessionInterrupted from None
        return self.secret_page(request, row, secret)

    def show_again(self, request: HttpRequest, row: Any) -> HttpResponse | None:
        """Return the page of the secret that the first of two clicks has made."""
        secret = self.kept_secret(request, row)
        return self.secret_page(request, row, secret) if secret else None

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Show the second of two clicks the secret of what the first one has added."""
        answer = super().changeform_view(request, object_id, form_url, extra_context)
        if object_id is not None:
            self.secrets.forget(request, read_id(object_id) or 0)
            return answer
        sent = (getattr(answer, "context_data", None) or {}).get("adminform")
        for twin in self.twins(sent.form) if sent and sent.form.errors else ():
            if again := self.show_again(request, twin):
                return again
        return answer
