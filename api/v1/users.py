"""A customer's users: found, added, changed, blocked, deleted, restored, their passwords reset."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from accounts.actions.allow import ALLOW
from accounts.actions.base import BatchAction
from accounts.actions.base import Order as ActionOrder
from accounts.actions.block import BLOCK
from accounts.actions.delete import DELETE
from accounts.actions.remove import REMOVE
from accounts.actions.restore import RESTORE
from accounts.forms.adding import AddUserForm
from accounts.forms.user import UserForm
from accounts.models import User, UserQuerySet
from accounts.queries.user_pages import in_search, restorable_count, with_overdue
from accounts.services.credentials import destroy_sheet
from accounts.services.second_steps.removing import reset_second_factor
from accounts.services.users import ChangedMeanwhile, add_users, change_user
from accounts.services.users.changing import seen_value
from applications.services.sessions import sign_out_everywhere
from customers import scope
from customers.folding import folded_words
from customers.models import Batch, Customer
from customers.roles import Capability
from customers.services.batches import new_key
from customers.services.transactions import transactional

from . import schemas
from .answers import Told
from .base import (
    REFUSED,
    REFUSED_WRITE,
    actor_of,
    check_form,
    customer_of,
    prove,
    user_of,
)
from .door import ok
from .errors import ApiError, invalid
from .paging import Order, collection, read_filters, read_page
from .passwords import given_password, new_password, reset_to
from .user_fields import NAMES, form_data, narrowed, tell_user, with_roles

router = Router(tags=["Users"], by_alias=True)
BY_NAME, BY_DELETION = Order("sort_name"), Order("deleted_at", descending=True)
LONGEST_SEARCH = 200
SORTS = {
    "displayname": "sort_name",
    "userprincipalname": "username",
    "createddate": "added_at",
}


@router.get(
    "/customers/{customer}/users",
    response={200: schemas.CustomerUsers, **REFUSED},
    summary="List users",
)
def list_users(
    request: HttpRequest,
    customer: UUID,
    query: Query[schemas.UsersQuery],
) -> HttpResponse:
    """The users of a customer, by display name.

    Filters: `UserState` equals Inactive (the deleted), `UserPrincipalName` and `DisplayName`
    equals, starts_with, substring; `AccountEnabled` equals; and those of the pages:
    `Department`, `JobTitle`, `Domain` and `UsageLocation` (a country's two letters) equals;
    `LastSignIn` equals never, or less_than a day such as 2027-01-31; `TemporaryPassword` equals
    expired or expiring (within two days). `search` finds names as the pages do.
    """
    among = with_overdue(Customer.objects.all())
    found = customer_of(request, customer, among=among)
    users, deleted = _filtered(request, found)
    order = BY_DELETION if deleted else _order(request)
    with scope.narrowed(found.pk):
        page = read_page(request, users, order)
        asked = [one for one in read_filters(request) if one.field != "userstate"]
        if asked or request.GET.get("search"):
            total = users.order_by().count()
        else:
            # Of whole lists a counter knows.
            total = restorable_count(found) if deleted else found.active_users
    uri = f"/customers/{found.uuid}/users"
    return ok(collection(request, page, total, lambda user: tell_user(user, found), uri=uri))


def _filtered(request: HttpRequest, customer: Customer) -> tuple[UserQuerySet, bool]:
    filters, deleted = read_filters(request), False
    users = User.objects.filter(customer=customer)
    for one in list(filters):
        if (one.field, one.operator) == ("userstate", "equals"):
            deleted = one.value.lower() == "inactive"
            filters.remove(one)
    users = users.restorable() if deleted else users.active()
    users = narrowed(users, filters, deleted=deleted)
    if words := folded_words(request.GET.get("search", "")[:LONGEST_SEARCH]):
        users = in_search(users, customer, words)
    return users, deleted


def _order(request: HttpRequest) -> Order:
    sent = request.GET
    field = sent.get("sortField") or sent.get("sortOption.sortField") or "DisplayName"
    way = sent.get("sortDirection") or sent.get("sortOption.sortDirection") or "ascending"
    column = SORTS.get(field.lower())
    if column is None or way.lower() not in {"ascending", "descending"}:
        raise invalid(_("Users are sorted by DisplayName, UserPrincipalName or CreatedDate."))
    return Order(column, way.lower() == "descending")


@router.post(
    "/customers/{customer}/users",
    response={200: schemas.CustomerUser, **REFUSED_WRITE},
    summary="Add a user",
)
def post_user(request: HttpRequest, customer: UUID, body: schemas.NewUser) -> HttpResponse:
    """The temporary password is in this answer alone. One that is sent is taken if it is strong."""
    found = customer_of(request, customer, Capability.MANAGE_USERS)
    actor = actor_of(request)
    initial = {"usage_location": found.country.code, "key": new_key()}
    data = with_roles(form_data(body, found, initial), ())
    form = AddUserForm(data, customer=found, actor=actor)
    check_form(form, NAMES)
    password = given_password(body.password_profile) or new_password()
    added = add_users([form.new_user()], customer=found, actor=actor, passwords=[password])
    # It was handed over by this answer: no sheet waits for anybody.
    destroy_sheet(added.sheet, actor=actor)
    user = User.objects.with_roles().get(pk=added.users[0].pk)
    profile = {"password": password.plain, "forceChangePassword": True}
    return ok(tell_user(user, found, password=profile))


@router.get(
    "/customers/{customer}/users/{user}",
    response={200: schemas.CustomerUser, **REFUSED},
    summary="Get a user",
)
def get_user(request: HttpRequest, customer: UUID, user: UUID) -> HttpResponse:
    """Living or deleted, as long as it can be restored."""
    found = customer_of(request, customer)
    return ok(tell_user(user_of(request, found, user, deleted=None), found))


@router.patch(
    "/customers/{customer}/users/{user}",
    response={200: schemas.CustomerUser, **REFUSED_WRITE},
    summary="Change, block, restore a user, or reset the password",
)
def patch_user(
    request: HttpRequest, customer: UUID, user: UUID, body: schemas.ChangedUser
) -> HttpResponse:
    """What is not sent stays. `If-Match` with the etag refuses what another has changed since."""
    found = customer_of(request, customer)
    one = user_of(request, found, user, deleted=None)
    sent = _etag_of(request)
    if sent and sent != tell_user(one, found)["attributes"]["etag"]:
        raise _changed_since()
    profile = None
    if one.deleted_at is not None:
        if (body.state or "").lower() != "active":
            raise invalid(_("This user is deleted: send state active first, to restore it."))
        act(request, RESTORE, one, found)
    elif body.state is not None and body.state.lower() != "active":
        raise invalid(_("To delete a user, call DELETE."))
    else:
        profile = _change(request, body, one, found)
    fresh = User.objects.with_roles().get(pk=one.pk)
    return ok(tell_user(fresh, found, password=profile))


@transactional
def _change(
    request: HttpRequest, body: schemas.ChangedUser, one: User, customer: Customer
) -> Told | None:
    """Do to a living user what was sent; return the new password, where there is one."""
    if body.account_enabled is not None and body.account_enabled != one.is_active:
        act(request, ALLOW if body.account_enabled else BLOCK, one, customer)
    if body.model_dump(exclude_none=True, exclude={"state", "account_enabled", "password_profile"}):
        user_of(request, customer, one.uuid, Capability.MANAGE_USERS)
        actor = actor_of(request)
        drawn = UserForm(customer=customer, user=one, actor=actor).initial
        data = with_roles(form_data(body, customer, drawn), one.roles)
        form = UserForm(data, customer=customer, user=one, actor=actor)
        check_form(form, NAMES)
        values = form.values() | {"roles": None}
        if _etag_of(request):
            # A colleague may save at this moment.
            values["seen"] = {name: seen_value(one, name) for name in UserForm.seen_fields}
        try:
            change_user(one, customer=customer, actor=actor, **values)
        except ChangedMeanwhile:
            raise _changed_since() from None
    if body.password_profile is None:
        return None
    return reset_to(request, body.password_profile, one, customer)


@router.patch(
    "/customers/{customer}/users/{user}/resetpassword",
    response={200: schemas.CustomerUser, **REFUSED_WRITE},
    summary="Reset a user's password",
)
def reset_password(
    request: HttpRequest, customer: UUID, user: UUID, body: schemas.SentReset
) -> HttpResponse:
    found = customer_of(request, customer)
    one = user_of(request, found, user)
    profile = reset_to(request, body.password_profile, one, found)
    fresh = User.objects.with_roles().get(pk=one.pk)
    return ok(tell_user(fresh, found, password=profile))


@router.delete(
    "/customers/{customer}/users/{user}",
    response={204: None, **REFUSED_WRITE},
    summary="Delete a user",
)
def delete_user(
    request: HttpRequest, customer: UUID, user: UUID, query: Query[schemas.DeleteQuery]
) -> HttpResponse:
    """The user can be restored for 30 days; with `permanent` a deleted one is gone for good."""
    permanent = query.permanent
    found = customer_of(request, customer)
    one = user_of(request, found, user, deleted=permanent)
    act(request, REMOVE if permanent else DELETE, one, found)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@router.post(
    "/customers/{customer}/users/{user}/restore",
    response={200: schemas.CustomerUser, **REFUSED_WRITE},
    summary="Restore a deleted user",
)
def restore_user(request: HttpRequest, customer: UUID, user: UUID) -> HttpResponse:
    """With the licenses that the user had, as far as seats are free."""
    found = customer_of(request, customer)
    one = user_of(request, found, user, deleted=True)
    act(request, RESTORE, one, found)
    return ok(tell_user(User.objects.with_roles().get(pk=one.pk), found))


@router.post(
    "/customers/{customer}/users/{user}/block",
    response={200: schemas.CustomerUser, **REFUSED_WRITE},
    summary="Block a user's sign-in",
)
def block_user(request: HttpRequest, customer: UUID, user: UUID) -> HttpResponse:
    return _acted(request, customer, user, BLOCK)


@router.post(
    "/customers/{customer}/users/{user}/allow",
    response={200: schemas.CustomerUser, **REFUSED_WRITE},
    summary="Allow a user's sign-in",
)
def allow_user(request: HttpRequest, customer: UUID, user: UUID) -> HttpResponse:
    return _acted(request, customer, user, ALLOW)


@router.post(
    "/customers/{customer}/users/{user}/signout",
    response={204: None, **REFUSED_WRITE},
    summary="Sign a user out everywhere",
)
def sign_out(
    request: HttpRequest, customer: UUID, user: UUID, body: schemas.SentReason
) -> HttpResponse:
    """Of the portal and of every application, on all devices. The password stays."""
    found = customer_of(request, customer)
    one = user_of(request, found, user, Capability.MANAGE_USERS)
    sign_out_everywhere(one, customer=found, actor=actor_of(request), reason=body.reason)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@router.post(
    "/customers/{customer}/users/{user}/resetsecondstep",
    response={204: None, **REFUSED_WRITE},
    summary="Reset a user's two-step sign-in",
)
def reset_step(
    request: HttpRequest, customer: UUID, user: UUID, body: schemas.SentReason
) -> HttpResponse:
    """For a user who lost it: a new one is set up after the next sign-in."""
    found = customer_of(request, customer)
    one = user_of(request, found, user, Capability.RESET_PASSWORDS)
    prove(request)
    reset_second_factor([one], actor=actor_of(request), reason=body.reason)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _acted(request: HttpRequest, customer: UUID, user: UUID, action: BatchAction) -> HttpResponse:
    found = customer_of(request, customer)
    one = user_of(request, found, user, action.capability)
    if not action.pointless(one):
        act(request, action, one, found)
    return ok(tell_user(User.objects.with_roles().get(pk=one.pk), found))


def act(request: HttpRequest, action: BatchAction, user: User, customer: Customer) -> Batch:
    """Do to one user what a page would, with its checks and its proof; return the batch."""
    user_of(request, customer, user.uuid, action.capability, deleted=None)
    if action.is_grave_for_one(user):
        prove(request)
    order = ActionOrder([user.pk], {}, customer, actor_of(request))
    return action.run(order)


def _etag_of(request: HttpRequest) -> str:
    """Return the etag that the caller has seen, or "" where any will do."""
    sent = request.headers.get("If-Match", "").strip().strip('"')
    return "" if sent == "*" else sent


def _changed_since() -> ApiError:
    text = _("Someone else has changed this since. Get it again.")
    return ApiError(HTTPStatus.PRECONDITION_FAILED, 2_055, text)
