"""What is done to users, at once and by upload."""

from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile

from accounts.models import User
from accounts.services.licenses import LicenseChange, change_licenses, take_all_licenses
from accounts.services.personal import export_user
from accounts.services.running import cancel, perform
from accounts.services.undo import plan_undo, undo_batch
from accounts.services.users import (
    NewUser,
    add_unseen_users,
    add_users,
    allow_users,
    block_users,
    change_user,
    change_users,
    delete_users,
    forget_passwords,
    remove_users,
    reset_passwords,
    restore_users,
)
from accounts.services.users.starting import change_start
from customers.models import Batch, BatchKind
from customers.services.batches import leave_batch, new_key
from tests.factories import to_start
from tests.support import role_table
from tests.verbs.scene import Call, Scene, Verb
from uploads.models import ColumnMapping, RowDecision, Upload, UploadState
from uploads.services import (
    Options,
    Repair,
    RepairAction,
    Short,
    answer,
    cancel_upload,
    choose_options,
    confirm_upload,
    decide_row,
    edit_row,
    fingerprint,
    forget_columns,
    map_columns,
    read_again,
    receive_upload,
    repair_rows,
    stop_repair,
    stop_upload,
)


def _in_state(state: UploadState) -> Callable[[Scene], object]:
    return lambda scene: Upload.objects.filter(pk=scene.upload.pk).update(state=state)


def _repair(scene: Scene) -> None:
    """Leave a repair to a worker."""
    # What is undone afterwards is undone in the database alone.
    upload = Upload.objects.get(pk=scene.upload.pk)
    upload.reading.repair = Repair(RepairAction.USE)
    upload.save(update_fields=["reading", *upload.wait()])


def _receive(scene: Scene, actor: User) -> None:
    file = ContentFile(b"User Name\nada@contoso.example", "people.csv")
    upload = receive_upload(file, Options(), customer=scene.contoso, actor=actor, key=new_key())
    upload.file.storage.delete(str(upload.file.name))


def _remembered(scene: Scene) -> list[int]:
    return [ColumnMapping.objects.get_or_create(customer=scene.contoso, header="nick")[0].pk]


def _perform(kind: BatchKind, whom: str, **request: Any) -> Call:
    def call(scene: Scene, actor: User) -> Batch:
        users = [getattr(scene, whom).pk]
        if "changes" in request:
            wanted = {str(scene.subscription.pk): LicenseChange(have=True).as_json()}
            asked: dict[str, Any] = {"changes": wanted, "as_many_as_fit": False}
        else:
            asked = request
        return perform(kind, users, customer=scene.contoso, actor=actor, request=asked)

    return call


def _confirm(scene: Scene, actor: User) -> Batch:
    upload = scene.upload
    return confirm_upload(upload, short=Short.STOP, seen=fingerprint(upload), actor=actor)


def _wait(scene: Scene) -> Batch:
    users = [scene.living.pk]
    actor = scene.world.cast.alice
    return leave_batch(BatchKind.BLOCK, users, actor=actor, customer=scene.contoso, key="waits")


USERS: dict[str, Verb] = {
    "accounts.services.users.adding.add_unseen_users": Verb(
        role_table.USERS,
        lambda at, by: add_unseen_users(
            [NewUser("newcomer", at.contoso.domains.get(is_primary=True), "Newcomer")],
            customer=at.contoso,
            actor=by,
        ),
    ),
    "accounts.services.users.adding.add_users": Verb(
        role_table.USERS,
        lambda at, by: add_users(
            [NewUser("newcomer", at.contoso.domains.get(is_primary=True), "Newcomer")],
            customer=at.contoso,
            actor=by,
        ),
    ),
    "accounts.services.users.blocking.block_users": Verb(
        role_table.USERS,
        lambda at, by: block_users([at.living], customer=at.contoso, actor=by),
        on_user=True,
    ),
    "accounts.services.users.blocking.allow_users": Verb(
        role_table.USERS,
        lambda at, by: allow_users([at.blocked], customer=at.contoso, actor=by),
        on_user=True,
    ),
    "accounts.services.users.changing.change_user": Verb(
        role_table.USERS,
        lambda at, by: change_user(
            at.living, customer=at.contoso, actor=by, fields={"department": "Sales"}
        ),
        on_user=True,
    ),
    "accounts.services.users.changing.change_users": Verb(
        role_table.USERS,
        lambda at, by: change_users(
            [at.living], customer=at.contoso, actor=by, fields={"department": "Sales"}
        ),
        on_user=True,
    ),
    "accounts.services.users.deleting.delete_users": Verb(
        role_table.USERS,
        lambda at, by: delete_users([at.living], customer=at.contoso, actor=by),
        on_user=True,
    ),
    "accounts.services.users.starting.change_start": Verb(
        role_table.USERS,
        lambda at, by: change_start([at.living], None, customer=at.contoso, actor=by),
        prepare=lambda at: to_start(at.living),
        on_user=True,
    ),
    "accounts.services.users.restoring.restore_users": Verb(
        role_table.USERS,
        lambda at, by: restore_users([at.deleted], customer=at.contoso, actor=by),
        on_user=True,
    ),
    "accounts.services.users.purging.remove_users": Verb(
        role_table.PERMANENTLY,
        lambda at, by: remove_users([at.deleted], customer=at.contoso, actor=by),
        on_user=True,
    ),
    "accounts.services.users.passwords.reset_passwords": Verb(
        role_table.RESET,
        lambda at, by: reset_passwords([at.living], customer=at.contoso, actor=by),
        on_user=True,
    ),
    "accounts.services.users.passwords.forget_passwords": Verb(
        role_table.RESET,
        lambda at, by: forget_passwords([at.living], customer=at.contoso, actor=by),
        on_user=True,
    ),
    "accounts.services.personal.export_user": Verb(
        role_table.USERS,
        lambda at, by: list(export_user(at.living, actor=by)),
        on_user=True,
    ),
    "accounts.services.licenses.changing.change_licenses": Verb(
        role_table.LICENSES,
        lambda at, by: change_licenses(
            [at.living],
            {at.subscription.pk: LicenseChange(have=True)},
            customer=at.contoso,
            actor=by,
        ),
        on_user=True,
    ),
    "accounts.services.licenses.taking.take_all_licenses": Verb(
        role_table.LICENSES,
        lambda at, by: take_all_licenses([at.living], customer=at.contoso, actor=by),
        on_user=True,
    ),
    "accounts.services.undo.undoing.plan_undo": Verb(
        role_table.USERS, lambda at, by: plan_undo(at.blocking, actor=by)
    ),
    "accounts.services.undo.undoing.undo_batch": Verb(
        role_table.USERS, lambda at, by: undo_batch(at.blocking, actor=by), on_user=True
    ),
    "accounts.services.running.cancel": Verb(
        role_table.USERS,
        lambda _at, by: cancel(Batch.objects.get(key="waits"), actor=by),
        prepare=_wait,
    ),
}
# The same by the kind of a batch, at once; what is left to a task is a test of its own.
PERFORMED: dict[BatchKind, tuple[str, str, dict[str, Any]]] = {
    BatchKind.BLOCK: (role_table.USERS, "living", {}),
    BatchKind.ALLOW: (role_table.USERS, "blocked", {}),
    BatchKind.DELETE: (role_table.USERS, "living", {}),
    BatchKind.CHANGE: (role_table.USERS, "living", {"fields": {"department": "Sales"}}),
    BatchKind.RESTORE: (role_table.USERS, "deleted", {}),
    BatchKind.REMOVE: (role_table.PERMANENTLY, "deleted", {}),
    BatchKind.RESET: (role_table.RESET, "living", {}),
    BatchKind.LICENSES: (role_table.LICENSES, "living", {"changes": {}}),
}
RUNNING: dict[str, Verb] = {
    f"accounts.services.running.perform#{kind}": Verb(
        row, _perform(kind, whom, **request), on_user=True
    )
    for kind, (row, whom, request) in PERFORMED.items()
}
UPLOADS: dict[str, Verb] = {
    "uploads.services.receiving.receive_upload": Verb(role_table.USERS, _receive),
    "uploads.services.receiving.answer": Verb(
        role_table.USERS,
        lambda at, by: answer(at.upload, {"separator": ","}, actor=by),
        prepare=_in_state(UploadState.ASKING),
    ),
    "uploads.services.receiving.map_columns": Verb(
        role_table.USERS,
        lambda at, by: map_columns(at.upload, ["user_name", "display_name"], actor=by),
        prepare=_in_state(UploadState.ASKING),
    ),
    "uploads.services.forgetting.forget_columns": Verb(
        role_table.USERS, lambda at, by: forget_columns(at.contoso, _remembered(at), actor=by)
    ),
    "uploads.services.receiving.choose_options": Verb(
        role_table.USERS, lambda at, by: choose_options(at.upload, actor=by)
    ),
    "uploads.services.receiving.read_again": Verb(
        role_table.USERS,
        lambda at, by: read_again(at.upload, hidden=True, actor=by),
        prepare=lambda at: Upload.objects.filter(pk=at.upload.pk).update(file="kept.xlsx"),
    ),
    "uploads.services.receiving.cancel_upload": Verb(
        role_table.USERS, lambda at, by: cancel_upload(at.upload, actor=by)
    ),
    "uploads.services.editing.edit_row": Verb(
        role_table.USERS, lambda at, by: edit_row(at.upload, 2, {1: "Ada L."}, actor=by)
    ),
    "uploads.services.editing.decide_row": Verb(
        role_table.USERS, lambda at, by: decide_row(at.upload, 2, RowDecision.DROP, actor=by)
    ),
    "uploads.services.repairing.repair_rows": Verb(
        role_table.USERS,
        lambda at, by: repair_rows(
            at.upload, Repair(RepairAction.DROP), seen=fingerprint(at.upload), actor=by
        ),
        prepare=lambda at: edit_row(at.upload, 2, {0: "?"}, actor=at.world.cast.alice),
    ),
    "uploads.services.repairing.stop_repair": Verb(
        role_table.USERS,
        lambda at, by: stop_repair(at.upload, begun=at.upload.begun, actor=by),
        prepare=_repair,
    ),
    "uploads.services.confirming.confirm_upload": Verb(role_table.USERS, _confirm),
    "uploads.services.confirming.stop_upload": Verb(
        role_table.USERS,
        lambda at, by: stop_upload(at.upload, actor=by),
        prepare=lambda at: _confirm(at, at.world.cast.alice),
    ),
}
