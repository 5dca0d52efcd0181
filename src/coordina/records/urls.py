"""Addresses of the timeline, notes and files."""

from django.urls import path

from coordina.records.views import files, notes, timelines

app_name = "records"

urlpatterns = [
    path("timeline/<slug:url>/<int:pk>/", timelines.timeline, name="timeline"),
    path("notes/<int:pk>/edit/", notes.note_edit, name="note_edit"),
    path("notes/<int:pk>/delete/", notes.note_delete, name="note_delete"),
    path("files/of/<slug:url>/<int:pk>/", files.upload, name="upload"),
    path("files/<int:pk>/", files.download, name="file"),
    path("files/<int:pk>/rename/", files.rename, name="file_rename"),
    path("files/<int:pk>/delete/", files.remove, name="file_delete"),
]
