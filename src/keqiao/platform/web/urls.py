"""URLs of pages that belong to no domain."""

from django.urls import path

from keqiao.platform.web import views

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("help", views.help_page, name="help"),
    path("start", views.start, name="start"),
    path("search", views.search, name="search"),
    path("todos", views.todos, name="todos"),
    path("stay", views.stay, name="stay"),
    path("components", views.components, name="components"),
    path("definitions/<str:key>", views.definition, name="definition"),
    path("health", views.health, name="health"),
]
