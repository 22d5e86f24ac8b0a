"""The address of a customer's sources, /scim/<customer>/v2: the token in the header alone counts.

No cookie does, so that no page of another site could use one; that is why this view is exempt from
CSRF.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.generic import View


@method_decorator((csrf_exempt, login_not_required), name="dispatch")
class ScimView(View):
    """All of the protocol, for one customer."""

    # No session is asked what it has to do first.
    leads_by_itself = True

    @sensitive_variables()
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # The protocol's library takes a third of what the whole portal takes to start: a process
        # loads it with the first request of a source, and most never do.
        from .protocol import answer

        request.user = AnonymousUser()
        return answer(request, UUID(kwargs["customer"]), kwargs["path"])
