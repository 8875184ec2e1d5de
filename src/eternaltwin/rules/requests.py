"""What Eternaltwin accepts of any request (0.16.4)."""

from __future__ import annotations

#: Maximum size of a body, in bytes.
MAX_REQUEST_SIZE = 2 * 2**20
