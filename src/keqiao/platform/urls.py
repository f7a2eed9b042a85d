"""All URLs of the site, an app after the other."""

from django.urls import include, path

urlpatterns = [
    path("", include("keqiao.platform.web.urls")),
    path("", include("keqiao.platform.accounts.urls")),
    path("", include("keqiao.platform.institutions.urls")),
    path("", include("keqiao.platform.enterprises.urls")),
    path("", include("keqiao.platform.assessments.urls")),
    path("", include("keqiao.platform.catalogue.urls")),
    path("", include("keqiao.platform.jobs.urls")),
    path("", include("keqiao.platform.audit.urls")),
    path("api/v1/", include("keqiao.platform.api.urls")),
]
handler404 = "keqiao.platform.web.errors.not_found"
handler403 = "keqiao.platform.web.errors.forbidden"
handler400 = "keqiao.platform.web.errors.bad_request"
handler500 = "keqiao.platform.web.errors.broken"
