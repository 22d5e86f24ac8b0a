"""When the new users of a file start."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from customers.errors import Refused

from ..forms import StartForm
from ..models import UploadState
from ..services import Options, choose_options
from .adding import wait_while
from .upload_scope import UploadMixin


class UploadStartView(UploadMixin):
    """When the new users start: all rows are checked again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        options = Options.from_json(self.upload.options)
        actor = self.request.user
        form = StartForm(request.POST, customer=self.customer, actor=actor, options=options)
        if not form.is_valid():
            for sentences in form.errors.values():
                messages.error(request, " ".join(map(str, sentences)))
            return self.back()
        try:
            choose_options(self.upload, start=form.chosen(), actor=actor)
        except Refused as refusal:
            return self.refused(refusal)
        wait_while(self.upload, UploadState.WAITING)
        return self.back()
