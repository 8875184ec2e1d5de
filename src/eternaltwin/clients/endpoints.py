"""Where Eternaltwin's API has what, below the address of the server."""

from __future__ import annotations

AUTHORIZATION = "/oauth/authorize"
TOKEN = "/oauth/token"
SELF = "/api/v1/auth/self"
USER = "/api/v1/users/{user_id}"
USERS = "/api/v1/users"
