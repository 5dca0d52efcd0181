"""Addresses of the leads' own pages."""

from django.urls import path

from coordina.leads.views import board, convert

app_name = "leads"

urlpatterns = [
    path("leads/board/", board.board_page, name="board"),
    path("leads/<int:pk>/move/", board.move_page, name="move"),
    path("leads/<int:pk>/convert/", convert.convert_page, name="convert"),
]
