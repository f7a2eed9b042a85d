"""URLs of the app, below ``/api/v1/``; what no operation has is a problem as well."""

from django.urls import URLPattern, include, path

from keqiao.platform.api import views
from keqiao.platform.api.api import api
from keqiao.platform.api.frame import framed, unknown
from keqiao.platform.permissions import Act

app_name = "api"


def _framed() -> list[URLPattern]:
    """The interface's own patterns, each framed; the description and the root are public."""
    patterns, _, _ = api.urls
    found: list[URLPattern] = []
    for pattern in patterns:
        assert isinstance(pattern, URLPattern)
        pattern.callback = framed(pattern.callback, Act.PUBLIC if pattern.name in ("openapi-json", "api-root") else None)
        found.append(pattern)
    return found


urlpatterns = [
    path("docs", views.docs, name="docs"),
    path("", include((_framed(), "v1"), namespace="v1")),
    path("<path:rest>", framed(unknown, Act.PUBLIC), name="unknown"),
]
