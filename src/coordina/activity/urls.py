"""Addresses of activity."""

from django.urls import path

from coordina.activity.views import notices

app_name = "activity"

urlpatterns = [
    path("notifications/", notices.page, name="notifications"),
    path("notifications/bell/", notices.bell, name="bell"),
    path("notifications/popover/", notices.popover, name="popover"),
    path("notifications/read/", notices.read, name="read"),
    path("notifications/choices/", notices.choices, name="choices"),
    path("notifications/<int:pk>/", notices.go, name="go"),
]
