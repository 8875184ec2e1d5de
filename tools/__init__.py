"""Programs for the development of this library."""
