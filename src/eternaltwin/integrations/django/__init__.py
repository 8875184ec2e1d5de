"""Sign in with Eternaltwin, for Django.

    # settings.py
    INSTALLED_APPS = [..., "eternaltwin.integrations.django"]
    AUTHENTICATION_BACKENDS = ["eternaltwin.integrations.django.backends.EternaltwinBackend"]
    ETERNALTWIN = {
        "default": {
            "client_id": "mygame@clients",
            "client_secret": os.environ["ETERNALTWIN_CLIENT_SECRET"],
            "redirect_uri": "https://mygame.example/eternaltwin/callback/",
        }
    }

    # urls.py
    path("eternaltwin/", include("eternaltwin.integrations.django.urls"))

    # a template
    {% load eternaltwin %}{% eternaltwin_button next=request.path %}

Then `manage.py migrate`, and `manage.py check` says what is still missing. What players are
called, and since when they are known, is in `request.user.eternaltwin_account`.
"""
