"""Keep authorization codes and states out of logs and error reports.

The URL of the callback contains both. They are removed from the request before anything can fail, and from the
log records in which servers have a copy of the URL.
"""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, cast

from eternaltwin.hidden import hide

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SECRETS = re.compile(r"(?<![^?&\s])(code|state)=[^&\s\"]+")

#: Variables of a WSGI environment that contain the target of the request as it was sent (gunicorn, uWSGI).
_RAW_TARGETS = ("RAW_URI", "REQUEST_URI")


#: Loggers of the servers that have a copy of the URL, which an application cannot change.
ACCESS_LOGS = ("granian.access", "gunicorn.access", "hypercorn.access", "uvicorn.access", "werkzeug")


class RedactCallbacks(logging.Filter):
    """A logging filter that replaces codes and states in URLs by `[hidden]`."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact the message of a record, and its arguments.

        Args:
            record: The record, which is changed.

        Returns:
            True, so that every record is logged.
        """
        if isinstance(record.args, tuple):
            record.args = tuple(redacted(argument) for argument in record.args)
        elif isinstance(record.args, MutableMapping):
            record.args = _redacted_values(record.args)
        if isinstance(record.msg, str):
            record.msg = redacted(record.msg)
        return True


def redacted(argument: object) -> object:
    """Replace the codes and states of URLs in a string.

    Args:
        argument: Message of a log record, or one of its arguments.

    Returns:
        The redacted string, or `argument` itself if it is not a string.
    """
    return redact_urls(argument) if isinstance(argument, str) else argument


def redact_urls(text: str) -> str:
    """Replace the codes and states of URLs in a string.

    Args:
        text: Any string.

    Returns:
        The redacted string.
    """
    return _SECRETS.sub(r"\1=[hidden]", text)


def _redacted_values(arguments: MutableMapping[str, object]) -> Mapping[str, object]:
    """Return a copy, of the same class, since those of gunicorn and Hypercorn compute some values."""
    redacted_arguments = copy.copy(arguments)
    for name, value in arguments.items():
        redacted_arguments[name] = redacted(value)
    return redacted_arguments


def redact_access_logs() -> None:
    """Add a [`RedactCallbacks`][eternaltwin.integrations.shared.logs.RedactCallbacks] to the access logs of servers.

    Removing the query from the request is not enough: a middleware may have copied the request before.
    """
    for name in ACCESS_LOGS:
        redact_log(name)


def redact_log(name: str) -> None:
    """Add a [`RedactCallbacks`][eternaltwin.integrations.shared.logs.RedactCallbacks] to a logger, once.

    Args:
        name: Name of the logger, such as `werkzeug`.
    """
    logger = logging.getLogger(name)
    if not any(isinstance(known, RedactCallbacks) for known in logger.filters):
        logger.addFilter(RedactCallbacks())


def remove_wsgi_query(environ: MutableMapping[str, object], path: str) -> str:
    """Remove the query from a WSGI environment, from which servers write their access logs, and hide its cookies.

    Error reports show the environment, which is a variable of the server's and of the framework's functions.

    Args:
        environ: WSGI environment of the request, which is changed.
        path: Path of the request, `SCRIPT_NAME` included. It replaces the targets that contain the query.

    Returns:
        The query string as it was sent, still encoded. Its `repr` is hidden.
    """
    query = hide(str(environ.get("QUERY_STRING", "")))
    environ["QUERY_STRING"] = ""
    hide_wsgi_cookies(environ)
    for name in _RAW_TARGETS:
        if name in environ:
            environ[name] = path
    return query


def remove_asgi_query(scope: MutableMapping[str, object]) -> bytes:
    """Remove the query from an ASGI scope, from which servers write their access logs, and hide its cookies.

    Args:
        scope: ASGI scope of the request, which is changed.

    Returns:
        The query string as it was sent, still encoded. Its `repr` is hidden.
    """
    query = hide(cast("bytes", scope["query_string"]))
    scope["query_string"] = b""
    hide_asgi_cookies(scope)
    return query


def hide_wsgi_cookies(environ: MutableMapping[str, object]) -> None:
    """Hide the cookies of a WSGI environment, which error reports show.

    Args:
        environ: WSGI environment of the request, which is changed.
    """
    if "HTTP_COOKIE" in environ:
        environ["HTTP_COOKIE"] = hide(environ["HTTP_COOKIE"])


def hide_asgi_cookies(scope: MutableMapping[str, object]) -> None:
    """Hide the cookies of an ASGI scope, which error reports show.

    Args:
        scope: ASGI scope of the request, which is changed.
    """
    fields = cast("Iterable[tuple[bytes, bytes]]", scope["headers"])
    hidden = [(name, hide(value) if name == b"cookie" else value) for name, value in fields]
    scope["headers"] = hidden
    if isinstance(fields, list):  # copies of the scope, which middleware makes, have the same list
        fields[:] = hidden
