"""Sign in with Eternaltwin, for django-allauth.

::

    INSTALLED_APPS = [..., "allauth.socialaccount", "eternaltwin.integrations.allauth"]
    SOCIALACCOUNT_PROVIDERS = {
        "eternaltwin": {
            "APPS": [{"client_id": "mygame@clients", "secret": os.environ["ETERNALTWIN_CLIENT_SECRET"]}],
        }
    }

Needs the extra ``allauth``: ``pip install "eternaltwin[allauth]"``.
"""
