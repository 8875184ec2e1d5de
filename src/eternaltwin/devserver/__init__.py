"""An Eternaltwin of one's own: a server for development and tests that answers like the official one."""
