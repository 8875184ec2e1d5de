"""The settings of the game, which read these environment variables.

- `GAME_URL`: the URL of the game
- `ETERNALTWIN_URL`, `ETERNALTWIN_CLIENT_ID`, `ETERNALTWIN_CLIENT_SECRET`: the server, and the OAuth client of the game
- `SECRET_KEY`: the secret of the site
- `DATABASE`: the path of a SQLite file
- `ETERNALTWIN_PROFILE_CACHE`: the URL of a Redis server for profiles, if each process is not to keep its own
- `REDIS_URL`: the store of used sign-ins, if it is not the database
- `DEBUG`: `1` on the developer's machine
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
GAME_URL = os.environ.get("GAME_URL", "http://localhost:8000")
IS_HTTPS = GAME_URL.startswith("https://")

DEBUG = os.environ.get("DEBUG") == "1"
SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = [urlsplit(GAME_URL).hostname or ""]
ROOT_URLCONF = "examples.django_game.urls"
WSGI_APPLICATION = "examples.django_game.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "eternaltwin.integrations.django",
    "examples.django_game.dice",
]
MIDDLEWARE = [
    "eternaltwin.integrations.django.middleware.StrictCookiesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates", HERE.parent / "shared"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ]
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("DATABASE", "dice.sqlite3"),
        "OPTIONS": {
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TIME_ZONE = "UTC"
USE_TZ = True
SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SECURE = IS_HTTPS

# Signing in with Eternaltwin
AUTHENTICATION_BACKENDS = ["eternaltwin.integrations.django.backends.EternaltwinBackend"]
ETERNALTWIN = {
    "default": {
        "url": os.environ.get("ETERNALTWIN_URL", "https://eternaltwin.org"),
        "client_id": os.environ["ETERNALTWIN_CLIENT_ID"],
        "client_secret": os.environ["ETERNALTWIN_CLIENT_SECRET"],
        "redirect_uri": f"{GAME_URL}/eternaltwin/callback/",
        "profile_cache": os.environ.get("ETERNALTWIN_PROFILE_CACHE", "memory"),
    }
}
ETERNALTWIN_LOGIN = {"store": os.environ.get("REDIS_URL", "database"), "game_name": "Five Dice"}
LOGIN_URL = "eternaltwin:login"
LOGIN_REDIRECT_URL = "/"
