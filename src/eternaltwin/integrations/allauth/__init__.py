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

from importlib.util import find_spec

from eternaltwin.exceptions import MissingExtraError

for package in ("django", "allauth", "requests"):  # the last one comes with django-allauth[socialaccount]
    if find_spec(package) is None:
        raise MissingExtraError(f'this integration needs {package}: pip install "eternaltwin[allauth]"', name=package)
