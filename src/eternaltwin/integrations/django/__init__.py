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

Then run `manage.py migrate`, and `manage.py check`, which reports what is still missing. The player's
Eternaltwin account, with the current display name, is `request.user.eternaltwin_account`.
"""
