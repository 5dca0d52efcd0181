"""The addresses of the auditor's report."""

from django.urls import URLPattern, URLResolver, path

from coordina.web.audit import seals, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/audit/", views.report, name="audit"),
    path("settings/audit/export/", views.export, name="audit_export"),
    path("settings/audit/seals/", seals.seals, name="audit_seals"),
    path("settings/audit/seals/check/", seals.check_seals, name="audit_check"),
    path("settings/audit/seals/roots/", seals.roots, name="audit_roots"),
    path("settings/audit/<int:pk>/", views.one, name="audit_one"),
]
"""They come before the generic ones."""
