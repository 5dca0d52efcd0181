"""The addresses of taking everything out."""

from django.urls import URLPattern, URLResolver, path

from coordina.web.everything import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/everything/", views.everything, name="everything"),
    path("settings/everything/order/", views.order, name="everything_order"),
    path("settings/everything/<int:pk>/", views.fetch, name="everything_fetch"),
]
"""They come before the generic ones."""
