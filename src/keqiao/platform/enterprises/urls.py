"""URLs of the app, a file for each part."""

from keqiao.platform.enterprises import intake_urls, office_urls, own_urls

app_name = "enterprises"
urlpatterns = [*intake_urls.urlpatterns, *own_urls.urlpatterns, *office_urls.urlpatterns]
