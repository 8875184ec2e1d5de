"""Checks of the arguments that callers pass, before anything is sent."""
