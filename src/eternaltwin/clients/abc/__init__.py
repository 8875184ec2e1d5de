"""Abstract base classes of the clients, for type annotations and for own clients."""
