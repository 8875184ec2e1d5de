"""Where the server keeps what it remembers."""
