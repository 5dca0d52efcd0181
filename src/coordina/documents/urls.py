"""Addresses of documents: the letterhead among the settings."""

from django.urls import path

from coordina.documents.views import letterhead

app_name = "documents"

urlpatterns = [
    path("settings/letterhead/", letterhead.letterhead_page, name="letterhead"),
    path("settings/letterhead/preview/", letterhead.preview, name="preview"),
    path("settings/letterhead/picture/", letterhead.picture, name="picture"),
]
