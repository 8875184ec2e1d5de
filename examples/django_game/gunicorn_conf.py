"""How players are served.

gunicorn --config examples/django_game/gunicorn_conf.py examples.django_game.wsgi
"""

workers = 2
threads = 8
accesslog = "-"

# A worker that is told to stop while it starts does not hear it, and is then ended after this many seconds.
graceful_timeout = 10
