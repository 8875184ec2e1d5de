"""The sync client of Eternaltwin's API, and its transport on blocking sockets."""
