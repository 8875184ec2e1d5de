"""What must hold before a version is released: `make release-check`."""
