"""The endpoints of the API: one module for each part of it, and what they share."""
