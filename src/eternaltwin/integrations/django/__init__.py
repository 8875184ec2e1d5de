"""Sign in with Eternaltwin, for Django.

Needs the extra `django`: `pip install "eternaltwin[django]"`.

Example:
    In `settings.py`:

    ```python
    INSTALLED_APPS = [..., "eternaltwin.integrations.django"]
    AUTHENTICATION_BACKENDS = ["eternaltwin.integrations.django.backends.EternaltwinBackend"]
    ETERNALTWIN = {
        "default": {
            "client_id": "mygame@clients",
            "client_secret": os.environ["ETERNALTWIN_CLIENT_SECRET"],
            "redirect_uri": "https://mygame.example/eternaltwin/callback/",
        }
    }
    ```

    In the URL patterns: `path("eternaltwin/", include("eternaltwin.integrations.django.urls"))`.

    In a template: `{% load eternaltwin %}{% eternaltwin_button next=request.get_full_path %}`.

Then run `manage.py migrate`, and `manage.py check`, which reports what is still missing. The Eternaltwin account of the
signed-in player, with the current display name, is `request.user.eternaltwin_account`.
"""

from __future__ import annotations

from eternaltwin.integrations.shared.extras import check_installed, require

__all__: list[str] = []  # an app of Django: users name it in their settings, and import from its modules

with require("django", django="django"):
    check_installed("django")
