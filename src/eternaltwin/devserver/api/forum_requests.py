"""Parameters of requests to the forum, the users that send them, and the responses to errors of the service."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from eternaltwin.devserver.api.forum_views import PageRange
from eternaltwin.devserver.api.requests import QUERY_PROBLEM
from eternaltwin.devserver.api.responses import json_error, text_error
from eternaltwin.devserver.domain.errors import (
    ForumNotFoundError,
    NotPermittedError,
    StaleEditError,
    TextTooLongError,
    UserNotFoundError,
)
from eternaltwin.devserver.domain.names import parse_uuid
from eternaltwin.devserver.domain.records import TokenHolder, UserRecord
from eternaltwin.devserver.services.forum import CREATE_POST, CREATE_THREAD, UPDATE_POST, not_permitted
from eternaltwin.rules.forum import WRITE_SCOPE, is_forum_key

if TYPE_CHECKING:
    from collections.abc import Generator
    from uuid import UUID

    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.domain.records import Caller

#: Maximum of offset and limit.
LARGEST_NUMBER = 2**32 - 1


def section_or_thread(request: ApiRequest, kind: str) -> UUID | str:
    """Return the reference to a section or a thread in the path.

    Args:
        request: The request.
        kind: Name of the parameter: `section` or `thread`.

    Returns:
        An id or a key.

    Raises:
        ApiError: The reference is neither a valid id nor a valid key.
    """
    text = request.path_parameter(kind)
    found = text if is_forum_key(text) else parse_uuid(text)
    if found is None:
        name = f"Forum{kind.capitalize()}"
        problem = f"invalid forum {kind} id (Invalid {name}Id) or key (Invalid {name}Key)"
        raise text_error(400, f"Invalid URL: {problem}")
    return found


def page_range(request: ApiRequest, default_limit: int) -> PageRange:
    """Return the part of a list that the query selects.

    Args:
        request: The request.
        default_limit: Number of items if the query contains no `limit`.

    Returns:
        The offset, by default 0, and the limit.

    Raises:
        ApiError: A number is malformed or too large.
    """
    fields = request.query("offset", "limit")
    return PageRange(_number(fields, "offset", 0), _number(fields, "limit", default_limit))


def _number(fields: dict[str, str], name: str, default: int) -> int:
    text = fields.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.removeprefix("+").isdigit()):
        raise text_error(400, f"{QUERY_PROBLEM}: invalid digit found in string")
    if len(text) > 20 or int(text) > LARGEST_NUMBER:
        raise text_error(400, f"{QUERY_PROBLEM}: number too large to fit in target type")
    return int(text)


def user_of(request: ApiRequest, identity: Caller) -> UserRecord | None:
    """Return the user whose roles in the forum apply to a request.

    Args:
        request: The request.
        identity: The identity of the caller.

    Returns:
        The user who is logged in, or the user of a token with the scope `forum:write`. None for all other callers.
    """
    if isinstance(identity, UserRecord):
        return identity
    if not isinstance(identity, TokenHolder) or WRITE_SCOPE not in identity.scopes:
        return None
    return request.world.accounts.get(identity.user_id)


def has_token(request: ApiRequest) -> bool:
    """Return whether a request has the token of a game as its credentials, which may be invalid.

    Args:
        request: The request.

    Returns:
        Whether it has a token.
    """
    return (request.header(b"authorization") or "").lower().startswith("bearer ")


def writer(request: ApiRequest, action: str) -> UserRecord:
    """Return the user who changes the forum.

    Args:
        request: The request.
        action: The change, such as `CREATE_THREAD`, for the error message.

    Returns:
        The user. The roles are not checked: the service does that.

    Raises:
        ApiError: The caller is a guest, or a game that may not write.
    """
    identity = request.identity()
    user = user_of(request, identity)
    if user is not None:
        return user
    if request.world.behaviour.writes_by_token:
        if isinstance(identity, TokenHolder):
            raise json_error(403, f"the token lacks the scope {WRITE_SCOPE}")
        if identity is None and has_token(request):
            raise json_error(401, "the access token is no longer valid")
    elif identity is not None and action in (CREATE_THREAD, CREATE_POST, UPDATE_POST):
        raise json_error(500, "internal error")
    raise json_error(403, str(not_permitted(action)))


@contextmanager
def forum_errors() -> Generator[None]:
    """Convert errors of the forum's service to error responses, in a `with` block.

    Yields:
        Nothing.

    Raises:
        ApiError: The service raised an error.
    """
    try:
        yield
    except NotPermittedError as exc:
        raise json_error(403, str(exc)) from None
    except ForumNotFoundError as exc:
        raise json_error(404, str(exc)) from None
    except StaleEditError as exc:
        raise json_error(409, str(exc)) from None
    except TextTooLongError as exc:
        raise text_error(413, str(exc)) from None
    except UserNotFoundError:
        raise json_error(422, "target grantee user not found") from None
