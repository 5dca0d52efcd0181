"""Addresses of the search."""

from django.urls import path

from coordina.web.search import views

urlpatterns = [
    path("search/", views.search_page, name="search"),
    path("search/box/", views.search_json, name="search_box"),
]
