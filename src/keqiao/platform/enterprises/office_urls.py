"""URLs of the office's side: registrations, objections, requests for facts."""

from django.urls import path

from keqiao.platform.enterprises import objecting_views, registration_views, requesting_views

urlpatterns = [
    path("registrations", registration_views.registrations, name="registrations"),
    path("registrations/<int:id>", registration_views.one_registration, name="registration"),
    path("registrations/<int:id>/decide", registration_views.decide, name="registration_decide"),
    path("objections", objecting_views.objections, name="objections"),
    path("objections/<int:id>", objecting_views.objection, name="objection"),
    path("objections/<int:id>/decide", objecting_views.objection_decide, name="objection_decide"),
    path("requests", requesting_views.asking, name="asking"),
    path("requests/new", requesting_views.fact_request_new, name="fact_request_new"),
    path("requests/<int:id>", requesting_views.fact_request, name="fact_request"),
    path("requests/<int:id>/withdraw", requesting_views.fact_request_withdraw, name="fact_request_withdraw"),
]
