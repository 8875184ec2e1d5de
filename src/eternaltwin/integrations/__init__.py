"""Integrations of web frameworks and OAuth libraries, with which games sign their players in."""
