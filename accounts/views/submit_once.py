"""Forms that act once: a second click, or Back and again, shows what the first one did."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from customers.errors import AlreadyDone
from customers.models import Batch
from customers.services.batches import find_batch
from customers.tenancy import CustomerScopeMixin

from ..actions.base import BatchAction


class OnceMixin(CustomerScopeMixin):
    action: ClassVar[BatchAction]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().dispatch(request, *args, **kwargs)
        except AlreadyDone as done:
            return self.result(done.batch)  # type: ignore[arg-type]

    def result(self, batch: Batch) -> HttpResponse:
        """Lead to what was done, now or by the first of two clicks."""
        return redirect("accounts:batch-detail", batch.pk)

    def stop_if_done(self) -> None:
        """Call first in `scope`: after the action the users may not be there any more."""
        key = self.request.POST.get("key", "")
        actor = self.request.user
        twin = find_batch(self.action.kind, actor=actor, customer=self.customer, key=key)
        if twin is not None:
            raise AlreadyDone(twin)
