"""A game of dice, with Flask: `make example-flask`."""
