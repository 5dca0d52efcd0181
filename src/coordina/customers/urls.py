"""Addresses of customers."""

from django.urls import path

from coordina.customers.views import composer

app_name = "customers"

urlpatterns = [path("log/<slug:url>/<int:pk>/", composer.log, name="log")]
