"""The pages for people: the front page and the login page. Templates are in the folder `templates`."""
