"""Forms, and the sites that they are submitted from."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from eternaltwin.devserver.api.operations import Parameter
from eternaltwin.devserver.api.responses import text_error
from eternaltwin.devserver.domain.addresses import form_fields

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest

_Form = TypeVar("_Form")

FORM_PROBLEM = "Failed to deserialize form body"

_FORM_TYPE = "application/x-www-form-urlencoded"

#: The declarations of the header fields that `is_same_origin` reads.
FORM_HEADERS = tuple(
    Parameter(name=name, schema={"type": "string"}, description=description)
    for name, description in (
        ("sec-fetch-site", "Where a browser submits the form from. `same-origin` and `none` are accepted."),
        ("origin", "The site that a browser submits the form from, which must be this one."),
        ("host", "The address of this server."),
    )
)


def read_form(request: ApiRequest, kind: type[_Form]) -> _Form:
    """Decode a form, with the error responses of the official server.

    Args:
        request: The request.
        kind: The type with the fields of the form.

    Returns:
        The form.

    Raises:
        ApiError: The content type is not that of a form (415), the body is too large (413), or a field is missing,
            malformed or repeated (422).
    """
    if not (request.header(b"content-type") or "").startswith(_FORM_TYPE):
        raise text_error(415, f"Form requests must have `Content-Type: {_FORM_TYPE}`")
    fields = form_fields(request.body.decode("utf-8", "replace"))
    known = dict(fields)
    try:
        form = msgspec.convert(known, kind)
    except msgspec.ValidationError as exc:
        raise text_error(422, f"{FORM_PROBLEM}: {exc}") from None
    if len(known) < len(fields):
        raise text_error(422, f"{FORM_PROBLEM}: duplicate field")
    return form


def is_same_origin(request: ApiRequest) -> bool:
    """Return whether a form was submitted from a page of this server.

    Other sites must not submit forms in the name of their visitors (cross-site request forgery).

    Args:
        request: The request that submits the form.

    Returns:
        False if the request comes from a page of another site.
    """
    return is_from_own_page(*(request.header(name) for name in (b"sec-fetch-site", b"origin", b"host")))


def is_from_own_page(site: str | None, origin: str | None, host: str | None) -> bool:
    """Return whether a request comes from a page of this server, by its header fields.

    Browsers report the origin in `Sec-Fetch-Site` (Fetch Metadata, section 2.4), to loopback addresses and over HTTPS
    only, or in `Origin` (RFC 6454, section 7). Requests without both fields come from no script or form of a page.

    Args:
        site: The field `Sec-Fetch-Site`, or None.
        origin: The field `Origin`, or None.
        host: The field `Host`, or None.

    Returns:
        False if the request comes from a page of another site.
    """
    if site is not None:
        return site in ("same-origin", "none")
    return origin is None or origin.partition("://")[2] == host
