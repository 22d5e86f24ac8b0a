"""What is kept about one user of notices, for that user (accounts.personal)."""

from accounts.models import User
from accounts.personal import Relations

from .models import Letter, Notice, NoticeChoice, NoticeSettings


def notice_relations(user: User) -> Relations:
    """Return what the user was told, how they want to be told, and what is about them."""
    shown = ("id", "kind", "told_at", "read_at")
    settings = ("id", "quiet_from", "quiet_to", "seats_below", "renewal_days")
    return {
        "notices": (
            "automation.Notice.user",
            Notice.objects.filter(user=user).values(*shown, "facts", "url"),
        ),
        # Of those to whom they were told: that it was, and when.
        "notices_about_the_person": (
            "automation.Notice.about",
            Notice.objects.filter(about=user).values("id", "kind", "told_at"),
        ),
        "notice_mails": (
            "automation.Letter.user",
            Letter.objects.filter(user=user).values("id", "channel", "kind", "state", "sent_at"),
        ),
        "notice_choices": (
            "automation.NoticeChoice.user",
            NoticeChoice.objects.filter(user=user).values("id", "kind", "page", "at_once", "daily"),
        ),
        "notice_settings": (
            "automation.NoticeSettings.user",
            NoticeSettings.objects.filter(user=user).values(*settings),
        ),
    }
