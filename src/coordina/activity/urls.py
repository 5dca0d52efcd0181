"""Addresses of activity."""

from django.urls import path

from coordina.activity.views import comments, notices, outgoing, reminders

app_name = "activity"

urlpatterns = [
    path("notifications/", notices.page, name="notifications"),
    path("notifications/bell/", notices.bell, name="bell"),
    path("notifications/popover/", notices.popover, name="popover"),
    path("notifications/read/", notices.read, name="read"),
    path("notifications/choices/", notices.choices, name="choices"),
    path("notifications/<int:pk>/", notices.go, name="go"),
    path("settings/mail/", outgoing.outgoing, name="outgoing"),
    path("settings/mail/<int:pk>/", outgoing.one, name="outgoing_one"),
    path("settings/mail/change/", outgoing.change, name="outgoing_change"),
    path("settings/mail/test/", outgoing.test, name="outgoing_test"),
    path("comments/of/<slug:url>/<int:pk>/", comments.comment, name="comment"),
    path("comments/of/<slug:url>/<int:pk>/people/", comments.people, name="people"),
    path("comments/<int:pk>/edit/", comments.edit, name="comment_edit"),
    path("comments/<int:pk>/delete/", comments.delete, name="comment_delete"),
    path("follow/<slug:url>/<int:pk>/", comments.follow, name="follow"),
    path("reminders/of/<slug:url>/<int:pk>/", reminders.remind, name="remind"),
    path("reminders/<int:pk>/", reminders.reminder, name="reminder"),
]
