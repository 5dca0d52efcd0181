"""What activity keeps."""

from coordina.activity.models.alerts import Alert, AlertMark, AlertRound, AlertTuning
from coordina.activity.models.mail import Mail, MailState
from coordina.activity.models.notices import Bell, How, Notification, Preference

__all__ = [
    "Alert",
    "AlertMark",
    "AlertRound",
    "AlertTuning",
    "Bell",
    "How",
    "Mail",
    "MailState",
    "Notification",
    "Preference",
]
