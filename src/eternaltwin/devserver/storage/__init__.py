"""The database of the development server."""
