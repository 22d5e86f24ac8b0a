"""The admin's forms as a browser sends them back, its actions, and rows for its pages."""

from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import MailTo, SavedFilter, Selection, User
from accounts.services.credentials import read_sheet
from accounts.services.mail import mail_sheet
from accounts.services.users import delete_users, reset_passwords
from automation.models import KeptLicense, KeptState, Letter, LetterChannel, Notice, NoticeKind
from customers.actions import Action
from customers.services.sealing import seal_events
from tests.accounts.signin.second_steps import give_app
from tests.api.tokens import token_of
from tests.factories import (
    ApplicationFactory,
    AppSessionFactory,
    LicenseRequestFactory,
    LicenseRuleFactory,
    ProductFactory,
    ProvisionFactory,
    ProvisioningFactory,
    ReportMailFactory,
    ReviewFactory,
    ScheduledReportFactory,
    ScheduleFactory,
    SchedulePlanFactory,
    ScimLinkFactory,
    SourceFactory,
    SourceRefusalFactory,
    SubscriptionFactory,
    UserFactory,
    WebhookDeliveryFactory,
    WebhookFactory,
)
from tests.support.cast import Cast
from uploads.models import ColumnMapping, Upload, UploadRow

Values = dict[str, Any]


def typed(response: Any) -> Values:
    """What the form of an add or change page sends when nothing is touched."""
    forms = [response.context["adminform"].form]
    for inline in response.context.get("inline_admin_formsets", ()):
        forms += [inline.formset.management_form, *inline.formset.forms]
    found: Values = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is not None and value is not False:
                found[bound.html_name] = value
            if bound.field.show_hidden_initial:
                opened = form.opened_with(bound) if form.is_bound else value
                if isinstance(opened, list | tuple):
                    opened = ",".join(map(str, opened))
                if opened is not None and opened is not False:
                    found[bound.html_initial_name] = opened
    return found


def address(model: type[models.Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def act(client: Client, action: str, *rows: models.Model, **values: object) -> Any:
    """Choose rows in the list and send the action; with `confirmed` as its page does."""
    chosen = {"action": action, ACTION_CHECKBOX_NAME: [row.pk for row in rows]}
    return client.post(address(type(rows[0]), "changelist"), {**chosen, **values})


def told(response: Any) -> list[str]:
    """The messages of the page that the answer leads to."""
    page = response.client.get(response.headers["Location"])
    return [str(message) for message in page.context["messages"]]


def errors(response: Any) -> Values:
    """The errors by field of an add or change page that was shown again."""
    return {name: list(texts) for name, texts in response.context["adminform"].form.errors.items()}


def make_rows(cast: Cast) -> None:
    """At least one row of every model."""
    users = UserFactory.create_batch(3, customer=cast.contoso, password="long-enough-secret")
    product = ProductFactory.create(plans=("MAIL", "FILES"))
    SubscriptionFactory.create(customer=cast.contoso, product=product, holders=users)
    sheet = reset_passwords(users[:2], customer=cast.contoso, actor=cast.support).sheet
    mail_sheet(sheet, MailTo.SELF, actor=cast.support)
    read_sheet(sheet, actor=cast.support, action=Action.SHEET_SHOWN)
    delete_users(users[2:], customer=cast.contoso, actor=cast.alice)
    give_app(users[0])
    mine = {"owner": cast.alice, "customer": cast.contoso}
    SavedFilter.objects.create(name="Blocked", **mine)
    Selection.objects.create(token="token-of-a-page", ids=[users[0].pk], **mine)
    ColumnMapping.objects.create(customer=cast.contoso, header="Nom", column="last_name")
    upload = Upload.objects.create(customer=cast.contoso, by=cast.alice, key="upload-key")
    UploadRow.objects.create(upload=upload, number=2, cells=["Ada"])
    application = ApplicationFactory.create(partner=cast.fabrikam)
    AppSessionFactory.create(application=application, user=users[0])
    ProvisioningFactory.create(application=application)
    ProvisionFactory.create(application=application, user=users[0])
    token_of(cast.alice, customers=[cast.contoso])
    webhook = WebhookFactory.create(partner=cast.fabrikam)
    WebhookDeliveryFactory.create(webhook=webhook, customer=cast.contoso)
    source = SourceFactory.create(customer=cast.contoso)
    ScimLinkFactory.create(source=source, user=users[0])
    SourceRefusalFactory.create(source=source)
    make_rows_by_itself(cast, users[0])
    entry = {"user": cast.support, "action_flag": CHANGE, "change_message": "[]"}
    of_users = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(content_type=of_users, object_id="1", object_repr="Ada", **entry)
    seal_events()


def make_rows_by_itself(cast: Cast, user: User) -> None:
    """Those of the models of automation."""
    of_contoso = {"customer": cast.contoso, "by": cast.alice}
    SchedulePlanFactory.create(**of_contoso)
    ScheduleFactory.create(**of_contoso, people=[user])
    subscription = cast.contoso.subscriptions.earliest("pk")
    now = timezone.now()
    of_user = {"customer": cast.contoso, "user": user}
    subscription.reservations.create(**of_user, reserved_at=now)
    rule = LicenseRuleFactory.create(**of_contoso, gives=[subscription])
    KeptLicense.objects.create(
        **of_user, subscription=subscription, rule=rule, state=KeptState.WAITING
    )
    Letter.objects.create(
        user=cast.alice, channel=LetterChannel.AT_ONCE, due_at=now, created_at=now
    )
    facts = {"product": "Business Premium", "available": 2}
    Notice.objects.create(user=cast.alice, kind=NoticeKind.SEATS, subject_key="1", facts=facts)
    report = ScheduledReportFactory.create(partner=cast.fabrikam, people=[cast.alice])
    ReportMailFactory.create(report=report, reader=cast.alice)
    LicenseRequestFactory.create(user=user, product=subscription.product)
    ReviewFactory.create(**of_contoso, users=[user], reviewers=[cast.alice])
