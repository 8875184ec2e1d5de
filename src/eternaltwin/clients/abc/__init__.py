"""Abstract bases of the clients, for type annotations and for clients of one's own."""
