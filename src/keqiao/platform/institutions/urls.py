"""URLs of the app."""

from django.urls import path

from keqiao.platform.institutions import views

app_name = "institutions"
urlpatterns = [
    path("system/offices", views.offices, name="offices"),
    path("system/offices/<int:id>", views.office, name="office"),
    path("system/institutions", views.institutions, name="institutions"),
    path("system/institutions/<int:id>/<slug:act>", views.act_on_institution, name="act_on_institution"),
    path("system/places", views.places, name="places"),
    path("system/places/<int:id>", views.place, name="place"),
]
