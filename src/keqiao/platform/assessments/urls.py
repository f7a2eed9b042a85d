"""URLs of the app."""

from django.urls import URLPattern, path

from keqiao.platform.assessments import desk_views, list_views, profile_views, run_views

app_name = "assessments"
urlpatterns: list[URLPattern] = [
    path("desk", desk_views.desk, name="desk"),
    path("enterprises", list_views.enterprises, name="enterprises"),
    path("enterprises/workbook", list_views.enterprises_book, name="enterprises_book"),
    path("enterprises/<int:id>", profile_views.profile, name="profile"),
    path("enterprises/<int:id>/workbook", profile_views.profile_book, name="profile_book"),
    path("near", list_views.misses, name="misses"),
    path("near/workbook", list_views.misses_book, name="misses_book"),
    path("runs", run_views.runs, name="runs"),
    path("runs/start", run_views.start, name="start"),
    path("runs/<int:id>", run_views.run, name="run"),
    path("runs/<int:id>/publish", run_views.publish, name="publish"),
    path("runs/<int:id>/verify", run_views.verify, name="verify"),
    path("runs/<int:id>/export", run_views.export, name="export"),
    path("runs/files/<int:job>", run_views.file, name="file"),
]
