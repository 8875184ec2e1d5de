"""Forms that browsers submit to the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from eternaltwin.devserver.domain.addresses import form_fields

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest


def submitted_fields(request: ApiRequest) -> dict[str, str]:
    """Return the fields of a submitted form.

    Args:
        request: A request whose body is form-encoded.

    Returns:
        Values by field name. The last value counts where a field is repeated.
    """
    return dict(form_fields(request.body.decode("utf-8", "replace")))


def query_fields(request: ApiRequest) -> dict[str, str]:
    """Return the fields of a request's query.

    Args:
        request: The request.

    Returns:
        Values by field name. The last value counts where a field is repeated.
    """
    return dict(form_fields(request.scope["query_string"].decode("latin-1")))


def is_same_origin(request: ApiRequest) -> bool:
    """Return whether a form was submitted from a page of this server.

    Other sites must not submit forms in the name of their visitors (cross-site request forgery). Browsers report the
    origin in `Sec-Fetch-Site` (Fetch Metadata) or in `Origin` (RFC 6454, section 7). Requests without both fields
    come from no browser and are accepted.

    Args:
        request: The request that submits the form.

    Returns:
        False if the request comes from a page of another site.
    """
    site = request.header(b"sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.header(b"origin")
    return origin is None or urlsplit(origin).netloc == request.header(b"host")
