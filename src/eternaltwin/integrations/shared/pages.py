"""The two small pages that a sign-in needs: one with the button, and one that explains why a sign-in failed."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from http import HTTPStatus
from importlib.resources import files
from typing import Literal

from eternaltwin.integrations.shared.failures import FAILURES
from eternaltwin.login import safe_next

#: Headers of both pages: nothing but their own style is loaded, and no page may frame the button.
PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # The form posts from here, and its request has to carry its origin.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

#: Headers of responses that redirect: their own URL may hold a code.
REDIRECT_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}

#: Message for a player, or a program, that has to sign in first (401).
SIGN_IN_FIRST = "Sign in with Eternaltwin first."

#: Value of the header `WWW-Authenticate` of such a response (RFC 9110, section 11.6.1).
CHALLENGE = "Eternaltwin"

_HERE = files("eternaltwin.integrations.shared")

#: The style of both pages, as CSS.
STYLE = (_HERE / "style.css").read_text(encoding="utf-8").strip()

_TEMPLATE = (_HERE / "page.html").read_text(encoding="utf-8")


class Button:
    """A button that signs a player in or out: a form that posts. Templates show it unescaped.

    Args:
        action: Path that the form posts to.
        next: Where to send the player afterwards, a path of this site. Anything else is dropped.
        text: Label of the button. None or empty means "Sign in with Eternaltwin".
        fields: Other hidden fields of the form, such as the site's own CSRF token.
        kind: What the button does. Its CSS class is `eternaltwin-button` or `eternaltwin-logout`.
    """

    def __init__(
        self,
        action: str,
        next: str | None = None,
        text: str | None = None,
        fields: dict[str, str] | None = None,
        kind: Literal["login", "logout"] = "login",
    ) -> None:
        self.action = action
        self.next = safe_next(next)
        self.text = text or "Sign in with Eternaltwin"
        self.fields = dict(fields or {})
        self.style = "eternaltwin-button" if kind == "login" else "eternaltwin-logout"

    def __html__(self) -> str:
        hidden = {**self.fields, **({"next": self.next} if self.next else {})}
        inputs = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in hidden.items()
        )
        return (
            f'<form class="eternaltwin-form" method="post" action="{escape(self.action)}">{inputs}'
            f'<button class="{self.style}" type="submit">{escape(self.text)}</button></form>'
        )

    __str__ = __html__


@dataclass(frozen=True)
class Page:
    """The content of one of the pages.

    Attributes:
        title: Headline.
        message: One or two sentences.
        button: Button that signs the player in.
        reason: Why a sign-in failed, a key of `FAILURES`. None on the page that starts a sign-in.
        status: Status of the response.
        home: Path of the front page.
    """

    title: str
    message: str
    button: Button
    reason: str | None = None
    status: HTTPStatus = HTTPStatus.OK
    home: str = "/"

    @classmethod
    def start(cls, button: Button, home: str = "/") -> Page:
        """Build the page that starts a sign-in.

        Args:
            button: Button that signs the player in.
            home: Path of the front page.

        Returns:
            The page.
        """
        return cls("Sign in", "Eternaltwin will ask you who you are, and send you back here.", button, home=home)

    @classmethod
    def failed(cls, word: str, button: Button, home: str = "/") -> Page | None:
        """Build the page that explains why a sign-in failed.

        Args:
            word: Kind of the failure, from the page's path.
            button: Button that signs the player in.
            home: Path of the front page.

        Returns:
            The page, or None if `word` is not a key of `FAILURES`.
        """
        failure = FAILURES.get(word)
        if failure is None:
            return None
        return cls("You are not signed in", failure.message, button, word, failure.status, home)

    def html(self) -> str:
        """Render the page as it is shown where the game has no page of its own.

        Returns:
            A complete HTML document.
        """
        return _TEMPLATE.format(
            title=escape(self.title),
            style=STYLE,
            role=' role="alert"' if self.reason else "",
            message=escape(self.message),
            button=self.button,
            home=escape(self.home),
        )


def expects_page(method: str, accept: str) -> bool:
    """Return whether a request without a session gets the page with the button, rather than a bare 401.

    Args:
        method: Method of the request.
        accept: Value of its header `Accept`.

    Returns:
        True for a page that a browser navigates to.
    """
    return method == "GET" and "text/html" in accept
