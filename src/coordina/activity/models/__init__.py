"""What activity keeps."""

from coordina.activity.models.alerts import Alert, AlertMark, AlertRound, AlertTuning
from coordina.activity.models.comments import Comment, Follow, Reminded, Reminder
from coordina.activity.models.mail import Mail, MailState
from coordina.activity.models.notices import Bell, HearingDue, How, Notification, Preference

__all__ = [
    "Alert",
    "AlertMark",
    "AlertRound",
    "AlertTuning",
    "Bell",
    "Comment",
    "Follow",
    "HearingDue",
    "How",
    "Mail",
    "MailState",
    "Notification",
    "Preference",
    "Reminded",
    "Reminder",
]
