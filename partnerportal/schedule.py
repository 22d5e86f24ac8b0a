"""Tasks that beat sends, and when (UTC)."""

from datetime import timedelta
from typing import Any

from celery.schedules import crontab

# How often forgotten work is looked for: what was lost is sent again a minute and this later.
SOON = timedelta(seconds=15)
# What a license opened is closed by this and the time that an application takes.
AT_ONCE = timedelta(seconds=5)
# A webhook is told 95 % of what happens within five seconds: of these, so many pass before that.
AS_IT_HAPPENS = timedelta(seconds=2)
# While no worker is there, thousands would pile up, each to send all that waits once more.
NOT_LATE = {"expires": 600}

SCHEDULE: dict[str, dict[str, Any]] = {
    "purge-deleted-users": {
        "task": "accounts.tasks.purge_deleted_users",
        "schedule": crontab(hour="3", minute="17"),
    },
    "seal-activity-log": {
        "task": "customers.tasks.seal_activity_log",
        "schedule": timedelta(minutes=1),
    },
    "retire-activity-log": {
        "task": "customers.tasks.retire_activity_log",
        "schedule": crontab(hour="4", minute="17"),
    },
    # Soon after midnight by any customer's clock: some zones are a quarter of an hour apart.
    "remember-figures": {
        "task": "accounts.tasks.remember_figures",
        "schedule": crontab(minute="12,27,42,57"),
        "options": NOT_LATE,
    },
    "forget-figures": {
        "task": "accounts.tasks.forget_figures",
        "schedule": crontab(hour="3", minute="42"),
    },
    "forget-texts": {
        "task": "accounts.tasks.forget_texts",
        "schedule": crontab(hour="3", minute="47"),
    },
    "forget-upload-texts": {
        "task": "uploads.tasks.forget_texts",
        "schedule": crontab(hour="3", minute="52"),
    },
    "destroy-expired-sheets": {
        "task": "accounts.tasks.destroy_expired_sheets",
        "schedule": timedelta(minutes=5),
    },
    "requeue-batches": {
        "task": "accounts.tasks.requeue_batches",
        "schedule": SOON,
        "options": NOT_LATE,
    },
    "tidy-search": {
        "task": "accounts.tasks.tidy_search",
        "schedule": timedelta(minutes=1),
    },
    "renew-names": {
        "task": "accounts.tasks.renew_names",
        "schedule": SOON,
        "options": NOT_LATE,
    },
    "renew-search-texts": {
        "task": "customers.tasks.renew_search_texts",
        # Soon: while two versions run, the older one writes customers that no search finds.
        "schedule": timedelta(minutes=5),
    },
    "drop-expired-selections": {
        "task": "accounts.tasks.drop_expired_selections",
        "schedule": timedelta(hours=1),
    },
    "drop-stale-sessions": {
        "task": "accounts.tasks.drop_stale_sessions",
        "schedule": timedelta(hours=1),
    },
    "drop-old-app-sessions": {
        "task": "applications.tasks.drop_old_sessions",
        "schedule": crontab(hour="4", minute="37"),
    },
    "drop-expired-tokens": {
        "task": "applications.tasks.drop_expired_tokens",
        "schedule": timedelta(hours=1),
    },
    "forget-calls": {
        "task": "api.tasks.forget_calls",
        "schedule": crontab(hour="3", minute="57"),
    },
    "forget-refusals-of-sources": {
        "task": "api.tasks.forget_refusals",
        "schedule": crontab(hour="4", minute="2"),
    },
    "warn-of-token-ends": {
        "task": "api.tasks.warn_of_ends",
        "schedule": timedelta(hours=1),
    },
    "forget-tokens": {
        "task": "api.tasks.forget_tokens",
        "schedule": crontab(hour="4", minute="7"),
    },
    "requeue-uploads": {
        "task": "uploads.tasks.requeue_uploads",
        "schedule": SOON,
        "options": NOT_LATE,
    },
    "expire-uploads": {
        "task": "uploads.tasks.expire_uploads",
        "schedule": timedelta(minutes=10),
    },
    "drop-stray-files": {
        "task": "uploads.tasks.drop_stray_files",
        "schedule": timedelta(hours=1),
    },
    "follow-for-logouts": {
        "task": "applications.tasks.follow_for_logouts",
        "schedule": AT_ONCE,
        "options": {"expires": 60},
    },
    "requeue-logouts": {
        "task": "applications.tasks.requeue_logouts",
        "schedule": SOON,
        "options": NOT_LATE,
    },
    "forget-logouts": {
        "task": "applications.tasks.forget_logouts",
        "schedule": crontab(hour="3", minute="57"),
    },
    "follow-for-provisioning": {
        "task": "applications.tasks.follow_for_provisioning",
        "schedule": AT_ONCE,
        "options": {"expires": 60},
    },
    "requeue-accounts": {
        "task": "applications.tasks.requeue_accounts",
        "schedule": SOON,
        "options": NOT_LATE,
    },
    "compare-accounts": {
        "task": "applications.tasks.compare_all_accounts",
        "schedule": crontab(hour="2", minute="17"),
    },
    "forget-accounts": {
        "task": "applications.tasks.forget_accounts",
        "schedule": crontab(hour="4", minute="2"),
    },
    "follow-for-webhooks": {
        "task": "api.tasks.follow_for_webhooks",
        "schedule": AS_IT_HAPPENS,
        "options": {"expires": 60},
    },
    "requeue-webhooks": {
        "task": "api.tasks.requeue_webhooks",
        "schedule": AT_ONCE,
        "options": {"expires": 60},
    },
    "reseal-webhook-secrets": {
        "task": "api.tasks.reseal_webhook_secrets",
        "schedule": crontab(hour="4", minute="12"),
    },
    "forget-webhook-deliveries": {
        "task": "api.tasks.forget_webhook_deliveries",
        "schedule": crontab(hour="4", minute="7"),
    },
    "run-due-schedules": {
        "task": "automation.tasks.run_due_schedules",
        "schedule": SOON,
        "options": NOT_LATE,
    },
    "go-on-undoing-plans": {
        "task": "automation.tasks.go_on_undoing_plans",
        "schedule": SOON,
        "options": NOT_LATE,
    },
    "keep-schedules-to-clocks": {
        "task": "automation.tasks.keep_schedules_to_clocks",
        "schedule": crontab(hour="3", minute="7"),
    },
    "settle-rules": {
        "task": "automation.tasks.settle_all",
        "schedule": SOON,
        "options": NOT_LATE,
    },
    "find-drift-of-rules": {
        "task": "automation.tasks.find_drift",
        "schedule": crontab(hour="2", minute="37"),
    },
    "end-due-reviews": {
        "task": "automation.tasks.end_due_reviews",
        "schedule": timedelta(minutes=1),
    },
    "remind-reviewers": {
        "task": "automation.tasks.remind_reviewers",
        "schedule": timedelta(hours=1),
    },
    "send-notices": {
        "task": "automation.tasks.send_letters",
        "schedule": SOON,
        "options": NOT_LATE,
    },
    "find-what-to-tell-hourly": {
        "task": "automation.tasks.find_hourly",
        "schedule": timedelta(hours=1),
    },
    # Before anybody's morning in Europe, when the daily email is written.
    "find-what-to-tell-daily": {
        "task": "automation.tasks.find_daily",
        "schedule": crontab(hour="4", minute="22"),
    },
    "forget-notices": {
        "task": "automation.tasks.forget_notices",
        "schedule": crontab(hour="4", minute="27"),
    },
    "requeue-deliveries": {
        "task": "accounts.tasks.requeue_deliveries",
        "schedule": SOON,
        "options": NOT_LATE,
    },
    "forget-requests": {
        "task": "automation.tasks.forget_requests",
        "schedule": crontab(hour="4", minute="27"),
    },
    "run-due-reports": {
        "task": "automation.tasks.run_due_reports",
        "schedule": timedelta(minutes=1),
        "options": NOT_LATE,
    },
    "forget-report-mails": {
        "task": "automation.tasks.forget_report_mails",
        "schedule": crontab(hour="4", minute="32"),
    },
}

OFTEN = {
    entry["task"]
    for entry in SCHEDULE.values()
    if isinstance(entry["schedule"], timedelta) and entry["schedule"] < timedelta(hours=1)
}
