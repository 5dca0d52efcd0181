"""Addresses of the import assistant."""

from django.urls import path

from coordina.web.imports import fixing, keeping, several, views

urlpatterns = [
    path("import/", views.start, name="import_start"),
    path("import/history/", views.history, name="import_list"),
    path("import/<int:pk>/", views.run_page, name="import_run"),
    path("import/<int:pk>/type/", views.retype, name="import_type"),
    path("import/<int:pk>/columns/", views.columns, name="import_columns"),
    path("import/<int:pk>/answer/", views.answer, name="import_answer"),
    path("import/<int:pk>/mapping/", keeping.use, name="import_mapping"),
    path("import/<int:pk>/field/", keeping.new_field, name="import_field"),
    path("import/<int:pk>/review/", views.review, name="import_review"),
    path("import/<int:pk>/fix/", fixing.fix, name="import_fix"),
    path("import/<int:pk>/begin/", views.begin, name="import_begin"),
    path("import/<int:pk>/stop/", views.stop, name="import_stop"),
    path("import/<int:pk>/retry/", views.retry_job, name="import_retry"),
    path("import/<int:pk>/done/", views.done, name="import_done"),
    path("import/<int:pk>/errors/", views.errors, name="import_errors"),
    path("import/<int:pk>/undo/", views.undo, name="import_undo"),
    path("import/<int:pk>/redo/", several.redo, name="import_redo"),
    path("import/<int:pk>/files/", several.files, name="import_files"),
    path("import/<int:pk>/discard/", views.discard, name="import_discard"),
]
