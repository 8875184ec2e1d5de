"""Forms that browsers submit to the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
