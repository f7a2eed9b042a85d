"""URLs of the app."""

from django.urls import URLPattern, path

from keqiao.platform.catalogue import check, views

app_name = "catalogue"
urlpatterns: list[URLPattern] = [
    path("rules/", views.rules, name="rules"),
    path("rules/download", views.rules_book, name="rules_book"),
    path("rules/<str:id>/", views.rule, name="rule"),
    path("rules/<str:id>/workbook", views.rule_book, name="rule_book"),
    path("rules/<str:id>/yaml", views.rule_yaml, name="rule_yaml"),
    path("rules/<str:id>/sql/<str:dialect>", views.rule_sql, name="rule_sql"),
    path("catalogue/ladders/", views.ladders, name="ladders"),
    path("catalogue/lists/", views.lists, name="lists"),
    path("check/", check.choose, name="check"),
    path("check/<str:id>/", check.check_rule, name="check_rule"),
    path("check/<str:id>/workbook", check.check_book, name="check_book"),
]
