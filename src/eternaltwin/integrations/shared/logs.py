"""Keep authorization codes and states out of logs and error reports.

The callback's URL holds both. They are removed from the request before anything can fail, and from the
lines that servers log with a copy of the URL.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import MutableMapping

_SECRETS = re.compile(r"(?<![^?&\s])(code|state)=[^&\s\"]+")

#: Variables in which WSGI servers (gunicorn, uWSGI) keep the request's target as it was sent.
_RAW_TARGETS = ("RAW_URI", "REQUEST_URI")


class RedactCallbacks(logging.Filter):
    """A logging filter that hides codes and states in URLs."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Hide the codes and states of one record.

        Args:
            record: The record, which is changed.

        Returns:
            True: every record is kept.
        """
        if isinstance(record.args, tuple):
            record.args = tuple(redacted(argument) for argument in record.args)
        if isinstance(record.msg, str):
            record.msg = redacted(record.msg)
        return True


def redacted(argument: object) -> object:
    """Return a string without the codes and states of URLs in it.

    Args:
        argument: A log record's message, or one of its arguments.

    Returns:
        The redacted string, or the argument itself if it is not a string.
    """
    return _SECRETS.sub(r"\1=[hidden]", argument) if isinstance(argument, str) else argument


def redact_log(name: str) -> None:
    """Add a [`RedactCallbacks`][eternaltwin.integrations.shared.logs.RedactCallbacks] to a logger, once.

    Args:
        name: Name of the logger, such as the one of a framework's development server.
    """
    logger = logging.getLogger(name)
    if not any(isinstance(known, RedactCallbacks) for known in logger.filters):
        logger.addFilter(RedactCallbacks())


def remove_wsgi_query(environ: MutableMapping[str, object], path: str) -> str:
    """Remove the query from a WSGI request, from which servers also write their access logs.

    Args:
        environ: The request's WSGI environment, which is changed.
        path: The request's path, with what a proxy adds, to replace the raw targets with.

    Returns:
        The query as it was sent.
    """
    query = str(environ.get("QUERY_STRING", ""))
    environ["QUERY_STRING"] = ""
    for name in _RAW_TARGETS:
        if name in environ:
            environ[name] = path
    return query


def remove_asgi_query(scope: MutableMapping[str, object]) -> bytes:
    """Remove the query from an ASGI request, from which servers also write their access logs.

    Args:
        scope: The connection's scope, which is changed.

    Returns:
        The query as it was sent.
    """
    query = cast("bytes", scope["query_string"])
    scope["query_string"] = b""
    return query
