"""The two small pages that a sign-in needs: the button, and why a sign-in failed."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from http import HTTPStatus
from typing import Literal

from eternaltwin.integrations.shared.failures import FAILURES
from eternaltwin.login import safe_next

#: Of both pages: nothing but their own style is loaded, and nobody may frame the button.
PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # The form posts from here, and has to say from where.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

#: Of answers that redirect: their own address may hold a code.
REDIRECT_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}

STYLE = """\
body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1.05rem/1.5 system-ui, sans-serif;
  background: #f4f1ea; color: #2b2533; }
main { box-sizing: border-box; width: min(26rem, 100% - 2rem); padding: 2rem; border-radius: 1rem; background: #fff;
  box-shadow: 0 .5rem 2rem #2b253322; text-align: center; }
h1 { margin: 0 0 .75rem; font-size: 1.35rem; }
p { margin: 0 0 1.5rem; }
a { color: inherit; }
.eternaltwin-button { padding: .7rem 1.4rem; border: 0; border-radius: .6rem; background: #5b3fa8; color: #fff;
  font: inherit; font-weight: 600; cursor: pointer; }
.eternaltwin-button:hover { background: #482f8c; }
.eternaltwin-button:focus-visible { outline: .2rem solid #f0a830; outline-offset: .15rem; }
.eternaltwin-home { margin: 1.5rem 0 0; }
@media (prefers-color-scheme: dark) {
  body { background: #1d1924; color: #ece8f3; }
  main { background: #2b2533; }
}"""

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p{role}>{message}</p>
{button}
<p class="eternaltwin-home"><a href="{home}">Back to the front page</a></p>
</main>
</body>
</html>
"""


class Button:
    """A button that signs a player in or out: a form that posts. Templates show it unescaped.

    Args:
        action: the path that starts a sign-in.
        next: where to send the player afterwards, a path of this site.
        text: what is on the button.
        fields: other hidden fields of the form, such as a CSRF token of the site's own.
        kind: what it does; its class is `eternaltwin-button` or `eternaltwin-logout`.
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
    """What one of the pages says.

    Attributes:
        title: its headline.
        message: one or two sentences.
        button: signs the player in.
        reason: why a sign-in failed, a key of `FAILURES`; None on the page that starts one.
        status: of the answer.
        home: the path of the front page.
    """

    title: str
    message: str
    button: Button
    reason: str | None = None
    status: HTTPStatus = HTTPStatus.OK
    home: str = "/"

    @classmethod
    def start(cls, button: Button, home: str = "/") -> Page:
        """The page that starts a sign-in."""
        return cls("Sign in", "Eternaltwin will ask you who you are, and send you back here.", button, home=home)

    @classmethod
    def failed(cls, word: str, button: Button, home: str = "/") -> Page | None:
        """The page for a reason; None if it is none."""
        failure = FAILURES.get(word)
        if failure is None:
            return None
        return cls("You are not signed in", failure.message, button, word, failure.status, home)

    def html(self) -> str:
        """The page as it is shown where the game has none of its own."""
        return _PAGE.format(
            title=escape(self.title),
            style=STYLE,
            role=' role="alert"' if self.reason else "",
            message=escape(self.message),
            button=self.button,
            home=escape(self.home),
        )
