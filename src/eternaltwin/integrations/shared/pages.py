"""The button, and the two pages of a sign-in: one with the button, and one that explains why a sign-in failed."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from eternaltwin.integrations.shared.failures import FAILURES
from eternaltwin.integrations.shared.rendering import BUTTON_TEMPLATE, PAGE_TEMPLATE, TEMPLATE_PACKAGE, render
from eternaltwin.login import safe_next

if TYPE_CHECKING:
    from collections.abc import Collection

    from eternaltwin.login.tickets import Process

_POLICY = "base-uri 'none'; frame-ancestors 'none'"

#: Headers of both pages. They allow only the inline style, and forbid other pages to frame the button.
PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"default-src 'none'; style-src 'unsafe-inline'; {_POLICY}",
    # not `no-referrer`, with which browsers send `Origin: null` with the form of the button
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

#: The same headers for pages whose templates may have other styles, images and scripts.
TEMPLATE_HEADERS = {**PAGE_HEADERS, "Content-Security-Policy": _POLICY}

#: Headers of redirects, since the URL of the callback contains a code.
REDIRECT_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}

#: Message of the status 401.
SIGN_IN_FIRST = "Sign in with Eternaltwin first."

#: Value of the header `WWW-Authenticate` of the status 401 (RFC 9110, section 11.6.1).
CHALLENGE = "Eternaltwin"

#: The style of both pages, as CSS.
STYLE = files(TEMPLATE_PACKAGE).joinpath("style.css").read_text(encoding="utf-8").strip()


#: Labels of the buttons, by what a sign-in is for.
LABELS: dict[Process, str] = {"login": "Sign in with Eternaltwin", "connect": "Connect with Eternaltwin"}


class Button:
    """A button that signs a player in or out: an HTML form with the method POST.

    `str()` returns the HTML. Templates insert it unescaped, since it has the method `__html__`.

    Args:
        action: Path that the form is sent to.
        next: Path of this site to redirect the player to afterwards. Other values are ignored.
        text: Label of the button. None or empty means "Sign in with Eternaltwin", or "Connect with Eternaltwin".
        fields: Other hidden fields of the form by name, such as a CSRF token.
        kind: `"login"` for the CSS class `eternaltwin-button`, `"logout"` for `eternaltwin-logout`.
        process: `"connect"` to connect an account to the player who is signed in already.
        trusted_origins: Origins of front ends to which `next` may lead as well.

    Attributes:
        style: The CSS class of the button.
    """

    def __init__(
        self,
        action: str,
        next: str | None = None,
        text: str | None = None,
        fields: dict[str, str] | None = None,
        kind: Literal["login", "logout"] = "login",
        process: Process = "login",
        trusted_origins: Collection[str] = (),
    ) -> None:
        self.action = action
        self.next = safe_next(next, trusted_origins)
        self.text = text or LABELS[process]
        self.process = process
        self.fields = dict(fields or {})
        self.style = "eternaltwin-button" if kind == "login" else "eternaltwin-logout"

    def __html__(self) -> str:
        process = None if self.process == "login" else self.process
        sent = {"next": self.next, "process": process}
        hidden = {**self.fields, **{name: value for name, value in sent.items() if value}}
        return render(BUTTON_TEMPLATE, button=self, hidden=hidden)

    __str__ = __html__


@dataclass(frozen=True)
class Page:
    """The content of the page with the button, or of the page that explains why a sign-in failed.

    Attributes:
        title: Headline.
        message: One or two sentences for the player, in English.
        button: Button that signs the player in.
        reason: Kind of the failure, a key of `FAILURES`. None
            on the page with the button.
        status: Status of the response.
        home: Path of the front page.
        cause: What went wrong, for developers, in one line. None except on the page of a failure in debug mode.

    Example:
        With Starlette and FastAPI, a function renders both pages:

        ```python
        def render(request: Request, page: Page) -> Response:
            return templates.TemplateResponse(request, "sign_in.html", {"page": page})


        login = EternaltwinLogin(os.environ["SECRET_KEY"], render=render)
        ```
    """

    title: str
    message: str
    button: Button
    reason: str | None = None
    status: HTTPStatus = HTTPStatus.OK
    home: str = "/"
    cause: str | None = None

    @classmethod
    def start(cls, button: Button, home: str = "/") -> Page:
        """Build the page with the button, which starts a sign-in.

        Args:
            button: Button that signs the player in.
            home: Path of the front page.

        Returns:
            The page.
        """
        return cls("Sign in", "Eternaltwin will ask you who you are, and send you back here.", button, home=home)

    @classmethod
    def failed(cls, word: str, button: Button, home: str = "/", cause: str | None = None) -> Page | None:
        """Build the page that explains why a sign-in failed.

        Args:
            word: Kind of the failure, from the path of the page.
            button: Button that signs the player in.
            home: Path of the front page.
            cause: What went wrong, for developers. None without the debug mode.

        Returns:
            The page, or None if `word` is not a key of `FAILURES`.
        """
        failure = FAILURES.get(word)
        if failure is None:
            return None
        return cls("You are not signed in", failure.message, button, word, failure.status, home, cause)

    def html(self) -> str:
        """Render the built-in page.

        Returns:
            An HTML document.
        """
        return render(PAGE_TEMPLATE, page=self, style=STYLE)


def expects_page(method: str, accept: str) -> bool:
    """Return whether a request expects an HTML page, so that a 401 can show the button.

    Args:
        method: Method of the request, in upper case.
        accept: Header `Accept` of the request, or an empty string.

    Returns:
        True for a GET request that accepts `text/html`, which browsers send to open a page.
    """
    return method == "GET" and "text/html" in accept
