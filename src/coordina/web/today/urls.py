"""Addresses of the cockpit."""

from django.urls import path

from coordina.web.today import deciding, many, views

urlpatterns = [
    path("today/later/", views.later, name="today_later"),
    path("today/kinds/", many.kinds, name="today_kinds"),
    path("today/kinds/<str:name>/<slug:deed>/", many.decide, name="today_many"),
    path("today/<str:name>/<int:pk>/act/<int:place>/", deciding.act, name="today_act"),
    path("today/<str:name>/<int:pk>/put-off/", deciding.put_off, name="today_put_off"),
    path("today/<str:name>/<int:pk>/hand-on/", deciding.hand_on, name="today_hand_on"),
    path("today/<str:name>/<int:pk>/close/", deciding.close, name="today_close"),
    path("today/<str:name>/<int:pk>/bring-back/", deciding.bring_back, name="today_bring_back"),
    path("settings/today/", views.tune, name="today_tune"),
]
