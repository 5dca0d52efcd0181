"""Addresses of saved views and of the layouts of a list."""

from django.urls import path

from coordina.web.saved import pages

urlpatterns = [
    path("<noun:known>/views/new/", pages.new_view, name="view_new"),
    path("<noun:known>/views/<slug:segment>/<slug:deed>/", pages.view_deed, name="view_deed"),
    path("<noun:known>/sums/", pages.sums_fragment, name="sums"),
    path("<noun:known>/workbook/", pages.workbook, name="workbook"),
    path("<noun:known>/workbook/<slug:token>/", pages.workbook_file, name="workbook_file"),
    path("<noun:known>/<int:pk>/put/<str:name>/", pages.put_page, name="put"),
]
