"""URLs of the app."""

from django.urls import path

from keqiao.platform.audit import views

app_name = "audit"
urlpatterns = [
    path("audit/events", views.events, name="events"),
    path("audit/events/<int:number>", views.event, name="event"),
    path("audit/events.<str:ending>", views.export, name="export"),
    path("audit/verify", views.verify, name="verify"),
    path("audit/head.txt", views.head, name="head"),
]
