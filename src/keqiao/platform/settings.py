"""Django's settings, read from the site's folder (`keqiao.platform.home`)."""

from __future__ import annotations

from keqiao.platform.home import database_settings, read_home
from keqiao.platform.secrets import secret_key

HOME = read_home()
DEMO = HOME.demo
SECRET_KEY = secret_key(HOME)
DEBUG = False
ALLOWED_HOSTS = list(HOME.hosts)
ROOT_URLCONF = "keqiao.platform.urls"
WSGI_APPLICATION = "keqiao.platform.wsgi.application"
DATABASES = {"default": database_settings(HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "js_lib_bootstrap5",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    *(f"keqiao.platform.{name}" for name in (
        "audit", "accounts", "institutions", "enterprises", "assessments", "catalogue", "jobs", "api", "web",
    )),
]  # fmt: skip

MIDDLEWARE = [
    "keqiao.platform.web.middleware.Headers",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "keqiao.platform.web.middleware.Speak",
    "keqiao.platform.accounts.middleware.Acting",
    "keqiao.platform.enterprises.intake_files.UploadLimit",  # before anything reads the body
    "keqiao.platform.web.middleware.Problems",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": ["django.template.context_processors.request", "keqiao.platform.web.context.frame"],
            "builtins": ["keqiao.platform.web.templatetags.kq"],
        },
    }
]

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
SESSION_COOKIE_AGE = 8 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 0 if DEMO else 31_536_000
SECURE_SSL_REDIRECT = False  # the proxy redirects; the health check speaks plain HTTP
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "keqiao.platform.web.errors.csrf_failed"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
STATIC_URL = "static/"
STATIC_ROOT = HOME.path / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = str(HOME.uploads) if HOME.uploads.is_dir() else None
LOGGING_CONFIG = None
# W005, W021: whether all subdomains speak TLS only is for their owner to say; W008: the proxy redirects
SILENCED_SYSTEM_CHECKS = ["models.W042", "security.W005", "security.W008", "security.W021"]
