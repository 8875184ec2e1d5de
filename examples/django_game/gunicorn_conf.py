"""The configuration of gunicorn, for production.

gunicorn --config examples/django_game/gunicorn_conf.py examples.django_game.wsgi
"""

workers = 2
threads = 8
accesslog = "-"

# A worker ignores a signal to stop that arrives during its start. It is killed after this number of seconds.
graceful_timeout = 10
