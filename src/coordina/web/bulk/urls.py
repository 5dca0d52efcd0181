"""The addresses of bulk work."""

from django.urls import URLPattern, URLResolver, path

from coordina.web.bulk import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("bulk/<int:pk>/", views.run_page, name="bulk_run"),
    path("bulk/<int:pk>/start/", views.start, name="bulk_start"),
    path("bulk/<int:pk>/stop/", views.stop, name="bulk_stop"),
    path("bulk/<int:pk>/left-out/", views.refused, name="bulk_refused"),
    path("<noun:known>/bulk/", views.order_page, name="bulk"),
]
