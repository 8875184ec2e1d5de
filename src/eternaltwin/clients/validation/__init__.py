"""Checks of settings and of arguments, before anything is sent: one file per area."""
