"""URLs of the app."""

from django.urls import path

from keqiao.platform.jobs import views

app_name = "jobs"
urlpatterns = [
    path("jobs", views.jobs, name="list"),
    path("jobs/<int:id>", views.job, name="job"),
    path("jobs/<int:id>/cancel", views.cancel, name="cancel"),
]
