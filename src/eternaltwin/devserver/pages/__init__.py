"""The pages that people look at: the login page, and the front page."""
