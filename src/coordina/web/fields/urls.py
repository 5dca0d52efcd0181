"""Addresses of the settings of fields; they come before the general ones, so that theirs win."""

from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView

from coordina.web.fields import values, views

_HOME = RedirectView.as_view(pattern_name="web:fields")

urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/fields/", views.home, name="fields"),
    path("settings/fields/<int:pk>/", views.edit_page, name="field"),
    path("settings/fields/<int:pk>/do/<slug:what>/", views.do, name="field_do"),
    path("settings/fields/<int:pk>/type/", values.change_type, name="field_type"),
    path("settings/fields/<int:pk>/replace/", values.replace_option, name="field_replace"),
    path("settings/fields/conversions/<int:pk>/", values.go, name="field_work"),
    path("settings/fields/<slug:noun>/", views.noun_page, name="fields_of"),
    path("settings/fields/<slug:noun>/new/", views.new_page, name="field_new"),
    path("settings/fields/<slug:noun>/order/", views.order, name="fields_order"),
    path("settings/fields/<slug:noun>/count/", values.count, name="fields_count"),
    path("settings/fields/<slug:noun>/adopt/", values.adopt_page, name="field_adopt"),
    # in place of the general pages of definitions
    path("custom-fields/", _HOME),
    path("custom-fields/<int:pk>/", views.to_field),
    path("custom-fields/<int:pk>/edit/", views.to_field),
]
