"""Addresses of stock's own pages."""

from django.urls import path

from coordina.stock.views import receive, replenish

app_name = "stock"

urlpatterns = [
    path("replenishment/", replenish.replenish_page, name="replenish"),
    path("purchase-orders/<int:pk>/receive/", receive.receive_page, name="receive"),
]
