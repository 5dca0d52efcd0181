"""What activity keeps."""

from coordina.activity.models.mail import Mail, MailState
from coordina.activity.models.notices import Bell, How, Notification, Preference

__all__ = ["Bell", "How", "Mail", "MailState", "Notification", "Preference"]
