"""The settings of the site under test, like those of a game, with databases that are created for the tests."""

from __future__ import annotations

import tempfile
from pathlib import Path

#: The folder of all files that the tests write.
FOLDER = Path(tempfile.mkdtemp(prefix="eternaltwin-django-"))

SECRET_KEY = "a secret that is used in tests only"
DEBUG = False
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
ROOT_URLCONF = "tests.integrations.django.urls"
USE_TZ = True
LOGIN_REDIRECT_URL = "/"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "eternaltwin.integrations.django",
]
MIDDLEWARE = [
    "eternaltwin.integrations.django.middleware.StrictCookiesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "eternaltwin.integrations.django.backends.EternaltwinBackend",
]
# The hasher of real sites takes 0.2 seconds for each password, on purpose.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(FOLDER / "game.sqlite3"),
        "OPTIONS": {"init_command": "PRAGMA synchronous=OFF"},
    }
}
DATABASE_ROUTERS = ["tests.integrations.django.databases.ChosenDatabase"]
ETERNALTWIN = {
    "default": {
        "client_id": "game@clients",
        "client_secret": "the secret of the game",
        "redirect_uri": "http://testserver/eternaltwin/callback/",
        "url": "http://127.0.0.1:9",
    }
}
