"""The address of data quality."""

from django.urls import URLPattern, URLResolver, path

from coordina.web.quality import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("quality/", views.page, name="quality"),
    path("quality/look/", views.look, name="quality_look"),
]
