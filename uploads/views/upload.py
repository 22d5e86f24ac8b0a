"""An upload on its way: what is asked, how far it is, what Confirm would do, what came of it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from django_htmx.http import HttpResponseClientRefresh

from accounts.models import User
from accounts.signin.reauthentication import ProofMixin, take_kept
from accounts.views.batches.base import undo_url
from accounts.views.batches.lists import Bar, bar_of
from accounts.views.user_rows import State
from customers import progress
from customers.errors import AlreadyDone, Refused
from customers.forms.reason import told_reason
from customers.roles import Capability
from customers.tenancy import CustomerScopeMixin
from customers.views.place import page_by_id

from ..forms import ColumnsForm, ExistingForm
from ..models import RowOutcome, Upload, UploadState
from ..services import (
    Assigning,
    Options,
    Short,
    UploadCounts,
    answer,
    cancel_upload,
    choose_options,
    confirm_upload,
    is_behind_others,
    is_grave_to_confirm,
    map_columns,
    names_of,
    progress_key,
    read_again,
    stop_repair,
    stop_upload,
)
from ..spreadsheets import ALL, CODE_PAGES
from .adding import wait_while
from .columns import paired
from .confirmation import confirmation, planned
from .result import result_of
from .upload_scope import UploadMixin

UNDER_WAY = (UploadState.WAITING, UploadState.CONFIRMED)
_TONES = {
    UploadState.WAITING: "info",
    UploadState.ASKING: "warning",
    UploadState.CHECKED: "warning",
    UploadState.CONFIRMED: "info",
    UploadState.DONE: "success",
    UploadState.REFUSED: "danger",
}


@dataclass(frozen=True, slots=True)
class UploadRowLine:
    """One upload in the list; figures are None as long as they are not known."""

    upload: Upload
    tally: UploadCounts
    actor: User

    @property
    def state(self) -> State:
        if self.upload.batch and self.upload.batch.is_undone:
            return State("neutral", _("Undone"))
        state = UploadState(self.upload.state)
        return State(_TONES.get(state, "neutral"), str(state.label))

    @property
    def is_done(self) -> bool:
        return self.upload.state == UploadState.DONE

    @property
    def added(self) -> int | None:
        return self.tally.rows[RowOutcome.ADD] if self.is_done else None

    @property
    def changed(self) -> int | None:
        rows = self.tally.rows
        return rows[RowOutcome.CHANGE] + rows[RowOutcome.RESTORE] if self.is_done else None

    @property
    def wrong(self) -> int | None:
        is_read = self.upload.state != UploadState.WAITING or self.tally.total
        if self.upload.state == UploadState.ASKING or not is_read:
            # Nobody knows before the answer, or before the file is read.
            return None
        return self.tally.rows[RowOutcome.WRONG]

    @property
    def about(self) -> str:
        """Return what Confirm would do, or why there is nothing to confirm."""
        if self.upload.state == UploadState.CHECKED:
            return planned(self.tally)
        return self.upload.refusal if self.upload.state == UploadState.REFUSED else ""

    @property
    def undo_url(self) -> str:
        batch = self.upload.batch
        return undo_url(batch, self.actor) if batch and self.is_done else ""


class UploadListView(CustomerScopeMixin, TemplateView):
    capability = Capability.MANAGE_USERS
    template_name = "uploads/upload_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found, pager = page_by_id(self.request, self.customer.uploads.for_list())
        actor = self.request.user
        paged = bool(pager.previous_url or pager.next_url)
        return super().get_context_data(**kwargs) | {
            "rows": [
                UploadRowLine(upload, UploadCounts.from_json(upload.counts), actor)
                for upload in found
            ],
            "pager": pager if paged else None,
        }


class UploadDetailView(UploadMixin, TemplateView):
    """A page for each state; those under way ask again by themselves."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.request.htmx and self.upload.state not in UNDER_WAY:
            return HttpResponseClientRefresh()
        return super().get(request, *args, **kwargs)

    def get_template_names(self) -> list[str]:
        names = {
            UploadState.WAITING: "running",
            UploadState.CONFIRMED: "running",
            UploadState.ASKING: "question",
            UploadState.CHECKED: "confirm",
            UploadState.DONE: "done",
        }
        name = names.get(UploadState(self.upload.state), "ended")
        return [f"uploads/upload_{name}.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        upload = self.upload
        context = super().get_context_data(**kwargs) | {
            "upload": upload,
            "described": upload.reading.described,
        }
        if upload.state in UNDER_WAY:
            bar = _bar(upload)
            unread = upload.state == UploadState.WAITING and not bar.working
            return context | {
                "bar": bar,
                "is_behind_others": unread and is_behind_others(upload),
                "repairs": upload.reading.repair is not None,
            }
        if upload.state == UploadState.ASKING:
            reading = upload.reading
            before = reading.before is not None
            former = reading.sheet if before else reading.former_sheet
            page = reading.code_page if before else reading.former_code_page
            context |= {"question": reading.question, "choices": reading.choices}
            context |= {"former_sheet": former, "former_code_page": page}
            context |= {"former_label": CODE_PAGES.get(page, "")}
            context |= {"may_be_others": reading.answers.encoding != ALL}
            if reading.question == "columns":
                headings, names = reading.headings, names_of(upload)
                form = kwargs.get("form") or ColumnsForm(headings=headings, matched=names)
                context |= {"form": form, "columns": paired(form, upload)}
            return context
        if upload.state == UploadState.CHECKED:
            return context | confirmation(self.request, upload, take_kept(self.request))
        if upload.state == UploadState.DONE:
            return context | result_of(self.request, upload)
        return context


def _bar(upload: Upload) -> Bar:
    """Return how far it is: with adding users once it is confirmed, with reading it before."""
    if upload.state == UploadState.CONFIRMED and upload.batch is not None:
        pk = upload.batch.pk
        return bar_of(upload.batch, progress.told_of_each([pk]).get(pk))
    share = progress.share_done(progress_key(upload.pk))
    rows = UploadCounts.from_json(upload.counts).total
    # How many rows a file has is known only once it is read.
    return Bar(int((share or 0) * rows), rows, share is not None)


class UploadAnswerView(UploadDetailView):
    """Takes answers. One to GET as well: Back finds a refused answer here."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        reading, actor = self.upload.reading, self.request.user
        if self.upload.state != UploadState.ASKING or reading.question is None:
            return self.back()
        if reading.question == "columns":
            headings, names = reading.headings, names_of(self.upload)
            form = ColumnsForm(request.POST, headings=headings, matched=names)
            if form.is_valid():
                try:
                    map_columns(self.upload, form.columns(), actor=actor)
                except Refused as refusal:
                    form.add_error(None, str(refusal))
            if form.errors:
                return self.render_to_response(self.get_context_data(form=form))
        else:
            value = request.POST.get("answer", "")
            others = {ALL} if reading.question == "encoding" else set()
            if value not in {choice["value"] for choice in reading.choices} | others:
                missing = _("Choose how to read the file.")
                return self.refused(Refused(missing, code="answer-missing"))
            try:
                answer(self.upload, {reading.question: value}, actor=actor)
            except Refused as refusal:
                return self.refused(refusal)
        wait_while(self.upload, UploadState.WAITING)
        return self.back()


class UploadReadingView(UploadMixin):
    """Another sheet of the file, what it hides, or other letters: it is read again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        data = request.POST
        try:
            read_again(
                self.upload,
                sheet=data.get("sheet", ""),
                hidden=data.get("hidden", "") == "yes",
                encoding=data.get("encoding", ""),
                actor=self.request.user,
            )
        except Refused as refusal:
            return self.refused(refusal)
        wait_while(self.upload, UploadState.WAITING)
        return self.back()


class UploadOptionsView(UploadMixin):
    """What becomes of users who already exist: all rows are checked again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        options = Options.from_json(self.upload.options)
        form = ExistingForm(request.POST, options=options)
        if form.is_valid():
            restores = bool(form.cleaned_data["restores"])
            try:
                choose_options(
                    self.upload,
                    existing=form.existing(),
                    restores=restores,
                    actor=self.request.user,
                )
            except Refused as refusal:
                return self.refused(refusal)
            wait_while(self.upload, UploadState.WAITING)
        return self.back()


class UploadAssigningView(UploadMixin):
    """Whether existing users get the subscriptions chosen for all: all rows are checked again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        choice = request.POST.get("assigning", "")
        if choice in set(Assigning):
            try:
                choose_options(self.upload, assigning=Assigning(choice), actor=self.request.user)
            except Refused as refusal:
                return self.refused(refusal)
            wait_while(self.upload, UploadState.WAITING)
        return self.back()


class UploadConfirmView(UploadMixin, ProofMixin):
    http_method_names = ["post"]

    def needs_proof(self) -> bool:
        return self.upload.state == UploadState.CHECKED and is_grave_to_confirm(self.upload)

    def back_after_proof(self) -> str:
        return self.address()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        choice = request.POST.get("short", "")
        short = Short(choice) if choice in set(Short) else Short.STOP
        seen = request.POST.get("seen", "")
        try:
            confirm_upload(
                self.upload,
                short=short,
                seen=seen,
                actor=self.request.user,
                reason=told_reason(request.POST),
            )
        except AlreadyDone:
            return self.back()
        except Refused as refusal:
            return self.refused(refusal)
        wait_while(self.upload, UploadState.CONFIRMED)
        return self.back()


class UploadCancelView(UploadMixin):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "repair" in request.POST:
            return self.stop_repair()
        # What the page was about: a click that comes late leaves the upload that is open again.
        begun = request.POST.get("batch", "")
        stops = bool(begun) or self.upload.state == UploadState.CONFIRMED
        try:
            if stops:
                stop_upload(self.upload, actor=self.request.user, begun=begun)
            else:
                cancel_upload(self.upload, actor=self.request.user)
        except Refused as refusal:
            return self.refused(refusal)
        if stops:
            return self.back()
        messages.success(request, _("The upload is canceled. Nothing was added."))
        return redirect("uploads:upload-add", self.customer.pk)

    def stop_repair(self) -> HttpResponse:
        """Stop what the page was about, which may be over by now, and not the upload."""
        begun = self.request.POST["repair"]
        try:
            stop_repair(self.upload, begun=begun, actor=self.request.user)
        except Refused as refusal:
            return self.refused(refusal)
        wait_while(self.upload, UploadState.WAITING)
        return self.back("#rows")
