"""A Django app with custom user models."""
