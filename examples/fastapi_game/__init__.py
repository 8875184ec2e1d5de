"""A game of dice, with FastAPI: `make example-fastapi`."""
