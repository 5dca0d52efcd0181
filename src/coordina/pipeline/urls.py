"""Addresses of the pipeline's own pages."""

from django.urls import path

from coordina.pipeline.views import board

app_name = "pipeline"

urlpatterns = [
    path("opportunities/board/", board.board_page, name="board"),
    path("opportunities/<int:pk>/move/", board.move_page, name="move"),
]
