"""The gate to one upload of a customer."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from customers.errors import Refused
from customers.roles import Capability
from customers.tenancy import CustomerScopeMixin

from ..models import Upload


class UploadMixin(CustomerScopeMixin):
    """`self.upload` is one of the customer's."""

    capability = Capability.MANAGE_USERS
    upload: Upload

    def scope(self, **kwargs: Any) -> None:
        uploads = Upload.objects.filter(customer=self.customer).for_list()
        found = uploads.filter(pk=kwargs["upload"]).first()
        if found is None:
            raise Http404
        found.customer = self.customer
        self.upload = found

    def address(self) -> str:
        address = reverse("uploads:upload-detail", args=[self.customer.pk, self.upload.pk])
        query = self.request.GET.urlencode()
        return f"{address}?{query}" if query else address

    def back(self, anchor: str = "") -> HttpResponse:
        return redirect(f"{self.address()}{anchor}")

    def refused(self, refusal: Refused) -> HttpResponse:
        """Go back to the page of the upload, which says why."""
        messages.error(self.request, str(refusal))
        return self.back()
