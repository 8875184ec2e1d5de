"""How players are served.

gunicorn --config examples/django_game/gunicorn_conf.py examples.django_game.wsgi
"""

workers = 2
threads = 8
accesslog = "-"
