"""Checks of the forum: references, titles, comments."""

from __future__ import annotations

import re
from uuid import UUID

from eternaltwin.clients.validation.values import check_string, check_uuid
from eternaltwin.exceptions import InvalidArgumentError
from eternaltwin.rules.forum import COMMENT_PATTERN, THREAD_TITLE_PATTERN, is_forum_key

_TITLE = re.compile(THREAD_TITLE_PATTERN)
_COMMENT = re.compile(COMMENT_PATTERN)


def check_reference(name: str, reference: object) -> str:
    """Return the id or the key of a section or a thread.

    Args:
        name: Name of the argument.
        reference: A UUID, as a string or a `UUID`, or a key.

    Returns:
        The id in lower case, or the key.

    Raises:
        InvalidArgumentError: It is neither.
    """
    if isinstance(reference, str) and is_forum_key(reference):
        return reference
    if not isinstance(reference, str | UUID):
        raise InvalidArgumentError(f"{name} must be an id or a key, such as 'main_en'")
    return check_uuid(name, reference, "a UUID or a key, such as 'main_en'")


def check_title(title: object) -> str:
    """Return the title of a thread.

    Args:
        title: The title.

    Returns:
        The title.

    Raises:
        InvalidArgumentError: The server would refuse it.
    """
    text = check_string("title", title)
    if _TITLE.fullmatch(text):
        return text
    raise InvalidArgumentError("title must be 2 to 64 characters in one line, with no space at its ends")


def check_comment(comment: object) -> str | None:
    """Return the reason for a change of a post.

    Args:
        comment: The reason, or None.

    Returns:
        The reason, or None.

    Raises:
        InvalidArgumentError: The server would refuse it.
    """
    if comment is None:
        return None
    text = check_string("comment", comment)
    if _COMMENT.search(text):
        return text
    raise InvalidArgumentError("comment must be a string that is not empty, or None")
