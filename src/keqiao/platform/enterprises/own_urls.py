"""URLs of the enterprise's side."""

from django.urls import path

from keqiao.platform.enterprises import (
    declaring_views,
    objecting_views,
    own_views,
    registration_views,
    requesting_views,
)
from keqiao.platform.enterprises.evidence import views as evidence_views

urlpatterns = [
    path("register", registration_views.register, name="register"),
    path("register/done", registration_views.register_done, name="register_done"),
    path("registered", registration_views.registered, name="registered"),
    path("own", own_views.home, name="home"),
    path("own/points", own_views.points, name="points"),
    path("own/why/<str:rule>", own_views.why, name="why"),
    path("own/facts", declaring_views.declare, name="declare"),
    path("own/facts/save", declaring_views.declare_save, name="declare_save"),
    path("own/objections", objecting_views.objects, name="object"),
    path("own/objections/new/<int:fact>", objecting_views.object_new, name="object_new"),
    path("own/objections/<int:id>", objecting_views.own_objection, name="own_objection"),
    path("own/objections/<int:id>/withdraw", objecting_views.object_withdraw, name="object_withdraw"),
    path("own/requests", requesting_views.requests, name="requests"),
    path("own/requests/<int:id>", requesting_views.own_request, name="own_request"),
    path("evidence/<int:id>", evidence_views.download, name="evidence"),
]
