"""Sign in with Eternaltwin, for the web frameworks that games are written with."""
