"""Addresses of the catalogue's own pages."""

from django.urls import path

from coordina.catalog.views import asking

app_name = "catalog"

urlpatterns = [
    path("prices/ask/", asking.ask_page, name="ask"),
]
