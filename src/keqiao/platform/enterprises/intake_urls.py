"""URLs of imports and batches."""

from django.urls import path

from keqiao.platform.enterprises import intake_views as views

urlpatterns = [
    path("imports", views.imports, name="imports"),
    path("imports/template", views.template, name="import_template"),
    path("imports/<int:id>", views.import_page, name="import"),
    path("imports/<int:id>/headings", views.headings, name="import_headings"),
    path("imports/<int:id>/edit", views.edit, name="import_edit"),
    path("imports/<int:id>/undo", views.undo, name="import_undo"),
    path("imports/<int:id>/advice", views.advice, name="import_advice"),
    path("imports/<int:id>/replace", views.replace, name="import_replace"),
    path("imports/<int:id>/check", views.check, name="import_check"),
    path("imports/<int:id>/commit", views.commit, name="import_commit"),
    path("imports/<int:id>/abandon", views.abandon, name="import_abandon"),
    path("imports/<int:id>/marked", views.marked, name="import_marked"),
    path("batches", views.batches, name="batches"),
    path("batches/<int:id>", views.batch, name="batch"),
    path("batches/<int:id>/withdraw", views.withdraw, name="batch_withdraw"),
]
