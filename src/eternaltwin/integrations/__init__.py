"""Sign in with Eternaltwin, in the web frameworks that games are written with."""
