"""Names, texts and numbers that callers pass, checked as the server checks them.

Only what a server surely refuses is refused here, with a reason: the official server answers most
of these with nothing but a parse error (422) or an internal one (500). Source of the rules:
`eternaltwin_core` 0.16.4.
"""

from __future__ import annotations

import re
from uuid import UUID

from eternaltwin.clients.validation.arguments import check_uuid
from eternaltwin.exceptions import InvalidArgumentError

DINOPARC_SERVERS = ("dinoparc.com", "en.dinoparc.com", "sp.dinoparc.com")
HAMMERFEST_SERVERS = ("hammerfest.fr", "hfest.net", "hammerfest.es")
TWINOID = "twinoid.com"

#: Where archived accounts are that a user can link.
LINK_SITES = (*DINOPARC_SERVERS, *HAMMERFEST_SERVERS, TWINOID)

_KEY = re.compile(r"[_a-z][_a-z0-9]{0,31}", re.ASCII)
_USERNAME = re.compile(r"[a-z_][a-z0-9_]{1,31}", re.ASCII)
_TITLE = re.compile(r"\S[^\n]{0,62}\S")
_DECIMAL = re.compile(r"[0-9]{1,9}", re.ASCII)
_COOKIE = re.compile(r"[!#-+\--:<-\[\]-~]+")  # RFC 6265, section 4.1.1


def check_reference(name: str, reference: object) -> str:
    """The id or the key of a section or a thread.

    Raises:
        InvalidArgumentError: it is neither.
    """
    if isinstance(reference, str) and _KEY.fullmatch(reference):
        return reference
    if not isinstance(reference, str | UUID):
        raise InvalidArgumentError(f"{name} must be an id or a key, such as 'main_en'")
    return check_id(name, reference, "a UUID or a key, such as 'main_en'")


def check_id(name: str, identifier: object, needed: str = "a UUID") -> str:
    """The id of something.

    Raises:
        InvalidArgumentError: it is no UUID.
    """
    try:
        return check_uuid(identifier)
    except InvalidArgumentError:
        problem = f"{name} must be {needed}"
    raise InvalidArgumentError(problem)


def check_text(name: str, text: object, needed: str = "a text") -> str:
    """A text that can be sent.

    Raises:
        InvalidArgumentError: it is no text, or holds half a surrogate pair.
    """
    if isinstance(text, str) and text.encode("utf-8", "ignore").decode() == text:
        return text
    raise InvalidArgumentError(f"{name} must be {needed}")


def check_title(title: object) -> str:
    """The title of a thread.

    Raises:
        InvalidArgumentError: the server would refuse it.
    """
    text = check_text("title", title)
    if _TITLE.fullmatch(text):
        return text
    raise InvalidArgumentError("title must be 2 to 64 characters in one line, with no space at its ends")


def check_comment(comment: object) -> str | None:
    """Why a post was changed, or None.

    Raises:
        InvalidArgumentError: the server would refuse it.
    """
    if comment is None or check_text("comment", comment).strip("\n"):
        return None if comment is None else str(comment)
    raise InvalidArgumentError("comment must be a text that is not empty, or None")


def check_username(username: object) -> str:
    """A name to log in with.

    Raises:
        InvalidArgumentError: the server would refuse it.
    """
    if isinstance(username, str) and _USERNAME.fullmatch(username):
        return username
    raise InvalidArgumentError("username must be 2 to 32 lower case letters, digits and _, with no digit first")


def check_display_name(display_name: object) -> str:
    """A name to be shown; letters are those of any script (Unicode category L).

    Raises:
        InvalidArgumentError: the server would refuse it.
    """
    text = display_name if isinstance(display_name, str) else ""
    is_good = 2 <= len(text) <= 64 and all(char in "_ ()0123456789" or char.isalpha() for char in text)
    if is_good and (text[0] == "_" or text[0].isalpha()) and text[-1] != " ":
        return text
    raise InvalidArgumentError(
        "display_name must be 2 to 64 letters, digits, _, spaces and parentheses,"
        " with a letter or _ first and no space last"
    )


def check_login(login: object) -> str:
    """What an account is found by when someone logs in: a username, an email address or an id.

    Raises:
        InvalidArgumentError: it is empty, or no text, or holds a colon (RFC 7617, section 2).
    """
    text = check_text("username", login)
    if text and ":" not in text and text.isprintable():
        return text
    raise InvalidArgumentError("username must be a text without a colon, and not empty")


def check_password(password: object) -> str:
    """A password.

    Raises:
        InvalidArgumentError: it is empty, or no text that can be sent; it is not shown.
    """
    if check_text("password", password, "a text that is not empty"):
        return str(password)
    raise InvalidArgumentError("password must be a text that is not empty")


def check_session(session_id: object) -> str:
    """The id of a session, which is the value of a cookie.

    Raises:
        InvalidArgumentError: no cookie can have this value; it is not shown.
    """
    if isinstance(session_id, str) and _COOKIE.fullmatch(session_id):
        return session_id
    raise InvalidArgumentError("identifier must be the value of the cookie sid: a text without spaces or separators")


def check_number(name: str, number: object, least: int = 1) -> str:
    """The id of an archived account: a decimal number, as an int or a text.

    Raises:
        InvalidArgumentError: it is none, or not below 10^9.
    """
    text = str(number) if isinstance(number, int) and not isinstance(number, bool) else number
    if isinstance(text, str) and _DECIMAL.fullmatch(text) and int(text) >= least:
        return str(int(text))
    raise InvalidArgumentError(f"{name} must be a whole number from {least} to 999999999")


def check_choice(name: str, choice: object, choices: tuple[str, ...]) -> str:
    """One of a few names.

    Raises:
        InvalidArgumentError: it is another one.
    """
    if isinstance(choice, str) and choice in choices:
        return choice
    raise InvalidArgumentError(f"{name} must be one of {', '.join(choices)}")
