"""Addresses of web forms: the public ones, and the list of what was put aside."""

from django.urls import path

from coordina.webforms.views import desk, public

app_name = "webforms"

urlpatterns = [
    path("f/confirm/", public.confirm_page, name="confirm"),
    path("f/<slug:slug>/", public.form_page, name="form"),
    path("web-forms/discarded/", desk.discarded_page, name="discarded"),
    path("web-forms/discarded/<int:pk>/take/", desk.take_page, name="take"),
]
