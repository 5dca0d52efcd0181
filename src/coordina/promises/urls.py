"""Addresses of promises: what the reader asks, and the page that a customer opens by a link."""

from django.urls import path

from coordina.promises.views import public, when

app_name = "promises"

urlpatterns = [
    path("d/<str:token>/", public.status_page, name="status"),
    path("deliveries/when/", when.when_page, name="when"),
]
