"""Addresses of the search."""

from django.urls import path

from coordina.web.search import views

urlpatterns = [
    path("search/", views.search_page, name="search"),
    path("search/palette/", views.palette, name="palette"),
    path("search/preview/<noun:known>/<int:pk>/", views.preview, name="search_preview"),
]
