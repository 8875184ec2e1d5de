"""The button, and the pages of a sign-in: with the button, of a failure, and with the button that signs out.

Games of all frameworks show the same content, in the language of the player; only the templates differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from eternaltwin.clients.endpoints import TERMS_PAGE
from eternaltwin.exceptions import TermsNotAcceptedError
from eternaltwin.integrations.shared.failures import FAILURES, failure_word
from eternaltwin.integrations.shared.rendering import BUTTON_TEMPLATE, PAGE_TEMPLATE, TEMPLATE_PACKAGE, render
from eternaltwin.languages import translate
from eternaltwin.login import safe_next

if TYPE_CHECKING:
    from collections.abc import Collection

    from eternaltwin.login.tickets import Process

_POLICY = "base-uri 'none'; frame-ancestors 'none'"

#: Headers of the pages. They allow only the inline style, and forbid other pages to frame the button.
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

#: The style of the buttons, as CSS for the pages of a game.
BUTTON_STYLE = files(TEMPLATE_PACKAGE).joinpath("button.css").read_text(encoding="utf-8").strip()

#: The style of the pages, as CSS. It includes that of the buttons.
STYLE = "\n".join([files(TEMPLATE_PACKAGE).joinpath("page.css").read_text(encoding="utf-8").strip(), BUTTON_STYLE])

#: What players call the server, unless the game has labels for several.
SERVER_NAME = "Eternaltwin"


def login_label(language: str, process: Process = "login", name: str | None = None) -> str:
    """Return the label of the button that starts a sign-in.

    Args:
        language: One of `LANGUAGES`.
        process: `"connect"` for a button that connects an account to the player who is signed in already.
        name: Name of the server. None or empty means Eternaltwin.

    Returns:
        Such as "Sign in with Eternaltwin", in that language.
    """
    if process == "connect":
        label = translate("Connect with {name}", language)
    else:
        label = translate("Sign in with {name}", language)
    return label.format(name=name or SERVER_NAME)


def logout_label(language: str) -> str:
    """Return the label of the button that signs out.

    Args:
        language: One of `LANGUAGES`.

    Returns:
        "Sign out", in that language.
    """
    return translate("Sign out", language)


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
        self.text = text or login_label("en", process)
        self.process = process
        self.fields = dict(fields or {})
        self.style = "eternaltwin-button" if kind == "login" else "eternaltwin-logout"

    def __html__(self) -> str:
        process = None if self.process == "login" else self.process
        sent = {"next": self.next, "process": process}
        hidden = {**self.fields, **{name: value for name, value in sent.items() if value}}
        return render(BUTTON_TEMPLATE, button=self, hidden=hidden)

    __str__ = __html__


@dataclass(frozen=True, kw_only=True)
class PageContext:
    """What the pages of a game have in common, for one request.

    Attributes:
        home: Path of the front page.
        language: Language of the page, one of `LANGUAGES`, for `<html lang>`.
        game_name: Name of the game, for the link to its front page. None without one.
        player: Display name of the player who is signed in. None for guests.
        eternaltwin_url: URL of Eternaltwin for browsers, where players sign out of its own session. None without one.
    """

    home: str = "/"
    language: str = "en"
    game_name: str | None = None
    player: str | None = None
    eternaltwin_url: str | None = None


@dataclass(frozen=True)
class Page(PageContext):
    """The content of a page: with the button, of a failed sign-in, or with the button that signs out.

    All texts are in the language of the page.

    Attributes:
        title: Headline.
        message: One or two sentences for the player.
        button: Button that signs the player in or out. None if it would not help.
        reason: Kind of the failure, a key of `FAILURES`. None on other pages.
        status: Status of the response.
        cause: What went wrong, for developers, in one line. None except on the page of a failure in debug mode.

    Example:
        With Starlette and FastAPI, a function renders the pages:

        ```python
        def render(request: Request, page: Page) -> Response:
            return templates.TemplateResponse(request, "sign_in.html", {"page": page})


        login = EternaltwinLogin(os.environ["SECRET_KEY"], render=render)
        ```
    """

    title: str
    message: str
    button: Button | None
    reason: str | None = None
    status: HTTPStatus = HTTPStatus.OK
    cause: str | None = None

    @classmethod
    def start(cls, button: Button, context: PageContext) -> Page:
        """Build the page with the button, which starts a sign-in.

        Args:
            button: Button that signs the player in.
            context: What it has in common with the other pages.

        Returns:
            The page.
        """
        title = translate("Sign in", context.language)
        message = translate("Eternaltwin will ask you who you are, and send you back here.", context.language)
        return cls(title, message, button, **vars(context))

    @classmethod
    def failed(cls, word: str, button: Button, context: PageContext, cause: str | None = None) -> Page | None:
        """Build the page that explains why a sign-in failed.

        Args:
            word: Kind of the failure, from the path of the page.
            button: Button that signs the player in, or connects an account. It is left out if that would not help.
            context: What it has in common with the other pages.
            cause: What went wrong, for developers. None without the debug mode.

        Returns:
            The page, or None if `word` is not a key of `FAILURES`.
        """
        failure = FAILURES.get(word)
        if failure is None:
            return None
        is_of_player = failure.is_of_players or button.process == "connect"
        is_signed_in = is_of_player or context.player is not None
        title = translate("Nothing has changed", context.language) if is_signed_in else _not_signed_in(context.language)
        message = translate(failure.message, context.language)
        shown = button if failure.has_button else None
        return cls(title, message, shown, word, failure.status, cause, **vars(context))

    @classmethod
    def sign_out(cls, button: Button, context: PageContext) -> Page:
        """Build the page with the button that signs out, which a link or an address typed by the player opens.

        Args:
            button: Button that signs the player out. It is left out if nobody is signed in.
            context: What it has in common with the other pages.

        Returns:
            The page.
        """
        language = context.language
        if context.player is None:
            return cls(
                _not_signed_in(language), translate("There is nothing to sign out of.", language), None, **vars(context)
            )
        message = translate("This signs you out of the game. You stay signed in at Eternaltwin.", language)
        return cls(translate("Sign out", language), message, button, **vars(context))

    @property
    def signed_in(self) -> str | None:
        """Who is signed in, as a sentence. None for guests."""
        sentence = translate("You are signed in as {player}.", self.language)
        return None if self.player is None else sentence.format(player=self.player)

    @property
    def home_label(self) -> str:
        """Text of the link to the front page, with the name of the game if it is known."""
        if self.game_name is None:
            return translate("Back to the front page", self.language)
        return translate("Back to {game}", self.language).format(game=self.game_name)

    @property
    def switch_hint(self) -> str:
        """Why to open Eternaltwin, as a sentence before the link to it: to be somebody else, or to accept its terms."""
        if self._is_about_terms:
            return translate("The terms of service are on its own site:", self.language)
        return translate(
            "Eternaltwin remembers you on its own site. To play as somebody else, sign out there first:", self.language
        )

    @property
    def switch_url(self) -> str | None:
        """Address of the link to Eternaltwin. None without one."""
        if self.eternaltwin_url is None or not self._is_about_terms:
            return self.eternaltwin_url
        return f"{self.eternaltwin_url.rstrip('/')}{TERMS_PAGE}"

    @property
    def _is_about_terms(self) -> bool:
        return self.reason == failure_word(TermsNotAcceptedError(""))

    @property
    def switch_label(self) -> str:
        """Text of the link to Eternaltwin."""
        return translate("Open Eternaltwin", self.language)

    def html(self) -> str:
        """Render the built-in page.

        Returns:
            An HTML document.
        """
        return render(PAGE_TEMPLATE, page=self, style=STYLE)


def _not_signed_in(language: str) -> str:
    return translate("You are not signed in", language)


def expects_page(method: str, accept: str) -> bool:
    """Return whether a request expects an HTML page, so that a 401 can show the button.

    Args:
        method: Method of the request, in upper case.
        accept: Header `Accept` of the request, or an empty string.

    Returns:
        True for a GET request that accepts `text/html`, which browsers send to open a page.
    """
    return method == "GET" and "text/html" in accept
