"""Removal of codes and states from requests."""

from __future__ import annotations

from flask import request

from eternaltwin.integrations.shared.logs import remove_wsgi_query


def take_query() -> bytes:
    """Remove the query from the current request, so that no error report and no log can show it.

    Returns:
        The query string as it was sent, still encoded.
    """
    remove_wsgi_query(request.environ, f"{request.script_root}{request.path}")
    query = request.query_string
    request.query_string = b""
    for name in ("args", "full_path", "url", "values"):
        vars(request).pop(name, None)
    return query
