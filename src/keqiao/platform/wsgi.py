"""The application for waitress and other WSGI servers."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keqiao.platform.settings")
application = get_wsgi_application()
