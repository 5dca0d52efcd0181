"""The addresses of duplicates."""

from django.urls import URLPattern, URLResolver, path

from coordina.web.duplicates import entering, everything, importing, merge, queue, unmerge

urlpatterns: list[URLPattern | URLResolver] = [
    path("duplicates/", queue.queue_page, name="duplicates"),
    path("duplicates/unmerge/<int:pk>/", unmerge.unmerge_page, name="unmerge"),
    path("import/<int:pk>/twins/", importing.decide_twins, name="import_twins"),
    path("duplicates/<noun:known>/", queue.queue_page, name="duplicates_of"),
    path("duplicates/<noun:known>/all/", everything.all_page, name="duplicates_all"),
    path("duplicates/<noun:known>/apart/", queue.tell_apart, name="duplicates_apart"),
    path("<noun:known>/merge/", merge.merge_page, name="merge"),
    path("<noun:known>/twins/", entering.twins_fragment, name="twins"),
]
