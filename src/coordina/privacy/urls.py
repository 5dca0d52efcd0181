"""Addresses of privacy."""

from django.urls import path

from coordina.privacy.views import people

app_name = "privacy"

urlpatterns = [
    path("privacy/<slug:url>/<int:pk>/erase/", people.erase, name="erase"),
    path("privacy/<slug:url>/<int:pk>/export/", people.hand_out, name="hand_out"),
    path("privacy/archives/<slug:token>/", people.archive, name="archive"),
]
