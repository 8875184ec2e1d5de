"""The configuration of gunicorn, for production.

gunicorn --config examples/django_game/gunicorn_conf.py examples.django_game.wsgi
"""

workers = 2
threads = 8
accesslog = "-"

# A worker that gets the signal to stop during its start ignores it, and is killed after this number of seconds.
graceful_timeout = 10
