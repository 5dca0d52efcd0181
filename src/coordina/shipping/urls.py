"""Addresses of shipping: the packing table, papers, and the public door of carriers."""

from django.urls import path

from coordina.shipping.views import desk, papers, public

app_name = "shipping"

urlpatterns = [
    path("t/<slug:slug>/", public.door, name="door"),
    path("packing/", desk.desk_page, name="desk"),
    path("shipments/<int:pk>/delivery-note.pdf", papers.delivery_note, name="note"),
    path("shipments/<int:pk>/packing-list.pdf", papers.packing_list, name="packing"),
    path("orders/<int:pk>/confirmation.pdf", papers.confirmation, name="confirmation"),
]
