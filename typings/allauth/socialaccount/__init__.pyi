from allauth.socialaccount import app_settings as app_settings
