"""What is known about Eternaltwin's API, one file an area, for both shells."""
