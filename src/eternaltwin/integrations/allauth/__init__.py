"""Sign in with Eternaltwin, for django-allauth.

Needs the extra `allauth`: `pip install "eternaltwin[allauth]"`.

Example:
    ```python
    INSTALLED_APPS = [..., "allauth.socialaccount", "eternaltwin.integrations.allauth"]
    SOCIALACCOUNT_PROVIDERS = {
        "eternaltwin": {
            "APPS": [{"client_id": "mygame@clients", "secret": os.environ["ETERNALTWIN_CLIENT_SECRET"]}],
        }
    }
    ```
"""

from __future__ import annotations

from eternaltwin.integrations.shared.extras import check_installed, require

__all__: list[str] = []  # an app of Django: users name it in their settings, and import from its modules

with require("allauth", django="django", allauth="allauth", requests="requests"):
    for package in ("django", "allauth", "requests"):  # the last one comes with django-allauth[socialaccount]
        check_installed(package)
