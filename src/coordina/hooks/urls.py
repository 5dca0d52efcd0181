"""Addresses of webhooks beside the generic ones."""

from django.urls import path

from coordina.hooks import views

app_name = "hooks"

urlpatterns = [
    path("webhooks/new/", views.new, name="new"),
    path("webhooks/<int:pk>/edit/", views.edit, name="edit"),
    path("webhooks/<int:pk>/secret/", views.secret, name="secret"),
    path("webhooks/<int:pk>/test/", views.test, name="test"),
    path("webhooks/<int:pk>/deliveries/", views.log, name="log"),
    path("webhooks/<int:pk>/deliveries/again/", views.again, name="again"),
    path("webhooks/<int:pk>/deliveries/<str:token>/", views.delivery, name="delivery"),
]
