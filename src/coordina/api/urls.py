"""The pages of this door for people; what programs ask for is answered before pages are looked up (`middleware`)."""

from django.urls import URLPattern, URLResolver, path

from coordina.api import views

app_name = "api"

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/docs/", views.docs, name="docs"),
    path("api/docs/openapi.json", views.openapi_file, name="openapi"),
    path("api/docs/<str:tag>/", views.docs_of, name="docs_of"),
]
