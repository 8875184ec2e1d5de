"""How the login page looks: HTML without scripts, for eyes and for screen readers, light and dark, wide and narrow."""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

import msgspec

from eternaltwin.devserver.domain.records import ClientRecord, UserRecord
from eternaltwin.devserver.pages.frame import bidi, button, document, hidden

#: How many players are offered for one click; others are found by name.
PLAYERS_SHOWN = 12

_SCOPES = {"base": "your display name", "forum:write": "to write in the forum as you"}


class Asking(msgspec.Struct, frozen=True):
    """What a game wants that has sent the player here. `problem` tells what is wrong with it, if anything is."""

    client: ClientRecord | None
    scopes: tuple[str, ...]
    problem: str | None


class Typed(msgspec.Struct, frozen=True):
    """What was typed into a form that has to be shown again, and what is wrong with it.

    `form` is `player`, `password`, `register` or `refuse`.
    """

    form: str
    problem: str
    username: str = ""
    display_name: str = ""


_BLANK = Typed("", "")


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the page shows.

    Attributes:
        next: where the player goes after logging in; a path on this server.
        asking: what the game wants, if a game has sent the player here.
        user: who is logged in already.
        players: the first players that match `search`.
        count: how many players match it.
    """

    next: str | None
    asking: Asking | None
    user: UserRecord | None
    players: list[UserRecord]
    count: int
    search: str
    typed: Typed | None


def render(page: Page) -> str:
    """The page as HTML."""
    parts = (_banner(page), _notice(page), _continue(page), _players(page), _forms(page), _refuse(page))
    error = "Error: " if page.typed is not None else ""
    return document(
        f"{error}{_title(page)}",
        "".join(parts),
        "This is a server for development: its players are made up, and anybody may play as any of them.",
    )


def _title(page: Page) -> str:
    client = page.asking.client if page.asking is not None else None
    return "Log in" if client is None else f"Sign in to {client.display_name}"


def _banner(page: Page) -> str:
    client = page.asking.client if page.asking is not None else None
    if page.asking is None or client is None:
        return "<h1>Log in</h1>\n"
    wanted = " and ".join(_SCOPES.get(scope, scope) for scope in page.asking.scopes)
    return (
        f"<h1>Sign in to {bidi(client.display_name)}</h1>\n"
        '<dl class="asking">'
        f"<div><dt>Game</dt><dd>{bidi(client.display_name)} <code>{escape(client.key)}</code></dd></div>"
        f"<div><dt>Asks for</dt><dd>{escape(wanted)}</dd></div>"
        f"<div><dt>Sends you to</dt><dd><strong>{escape(urlsplit(client.callback).netloc)}</strong></dd></div></dl>\n"
    )


def _notice(page: Page) -> str:
    problem = page.asking.problem if page.asking is not None else None
    shown = ""
    if problem is not None:
        shown = (
            '<p class="notice" role="alert"><strong>The request of the game is wrong, and will be refused.</strong>\n'
            f"{escape(problem)}</p>\n"
        )
    if page.typed is not None and page.typed.form in ("player", "refuse"):
        shown += f'<p class="notice" role="alert">{escape(page.typed.problem)}</p>\n'
    return shown


def _continue(page: Page) -> str:
    if page.user is None:
        return ""
    who = f"<p>You are logged in as <strong>{bidi(page.user.display_name)}</strong>.</p>"
    onward = ""
    if page.next is not None:
        onward = f'<a class="primary" href="{escape(page.next)}">Continue as {bidi(page.user.display_name)}</a>'
    leave = button("log_out", "1", "Log out", "quiet")
    return f'<section class="card session" aria-label="Session">{who}{_form(page, onward + leave)}</section>\n'


def _players(page: Page) -> str:
    if not page.players and not page.search:
        return ""
    others = [user for user in page.players if page.user is None or user.id != page.user.id]
    items = "".join(f"<li>{_player(user)}</li>" for user in others)
    found = (
        _form(page, f'<ul class="players">{items}</ul>') if items else '<p class="none">No player has such a name.</p>'
    )
    title = "Play as somebody else" if page.user is not None else "Play as"
    return f'<section class="card" aria-labelledby="pick"><h2 id="pick">{title}</h2>{_search(page)}{found}</section>\n'


def _player(user: UserRecord) -> str:
    admin = ' <span class="admin">administrator</span>' if user.is_administrator else ""
    login = f'<span class="login">{escape(user.username)}</span>' if user.username is not None else ""
    inner = (
        f'<span class="face tone{user.id.int % 6}" aria-hidden="true">{escape(user.display_name[:1].upper())}</span>'
        f'<span class="who"><span class="name">{bidi(user.display_name)}{admin}</span>{login}</span>'
    )
    return button("player", str(user.id), inner, "player")


def _search(page: Page) -> str:
    if page.count <= PLAYERS_SHOWN and not page.search:
        return ""
    kept = "" if page.next is None else hidden("next", page.next)
    shown = f"{len(page.players)} of {page.count} players"
    return (
        f'<form class="search" method="get" action="/login" role="search">{kept}'
        '<label for="q">Find a player</label><div class="row"><input id="q" name="q" type="search" autocomplete="off"'
        f' spellcheck="false" value="{escape(page.search)}"><button class="quiet">Find</button></div>'
        f'<p class="count">{shown}</p></form>'
    )


def _forms(page: Page) -> str:
    typed = {page.typed.form: page.typed} if page.typed is not None else {}
    return (
        f'<div class="more">{_password_form(page, typed.get("password", _BLANK))}'
        f"{_register_form(page, typed.get('register', _BLANK))}</div>\n"
    )


def _password_form(page: Page, typed: Typed) -> str:
    fields = (
        _alert(typed)
        + _input("login-name", "username", "Username", typed, autocomplete="username", value=typed.username)
        + _input("login-password", "password", "Password", typed, kind="password", autocomplete="current-password")
        + button("action", "password", "Log in", "primary")
    )
    return _drawer(page, "Log in with a password", fields, is_open=typed is not _BLANK)


def _register_form(page: Page, typed: Typed) -> str:
    fields = (
        _alert(typed)
        + _input("new-name", "username", "Username", typed, autocomplete="username", value=typed.username)
        + _input("new-display", "display_name", "Display name", typed, "nickname", value=typed.display_name)
        + _input("new-password", "password", "Password", typed, kind="password", autocomplete="new-password")
        + button("action", "register", "Register and log in", "primary")
    )
    return _drawer(page, "Register a new player", fields, is_open=typed is not _BLANK)


def _refuse(page: Page) -> str:
    client = page.asking.client if page.asking is not None else None
    if client is None:
        return ""
    text = f"Refuse, and go back to {bidi(client.display_name)}"
    return f'<div class="refuse">{_form(page, button("action", "refuse", text, "quiet"))}</div>\n'


# --- pieces


def _form(page: Page, inner: str) -> str:
    kept = "" if page.next is None else hidden("next", page.next)
    return f'<form method="post" action="/login">{kept}{inner}</form>'


def _drawer(page: Page, title: str, fields: str, *, is_open: bool) -> str:
    state = " open" if is_open else ""
    return f'<details class="card"{state}><summary>{title}</summary>{_form(page, fields)}</details>'


def _alert(typed: Typed) -> str:
    if typed is _BLANK:
        return ""
    return f'<p class="notice" role="alert" id="{typed.form}-problem">{escape(typed.problem)}</p>'


def _input(
    name_id: str,
    name: str,
    label: str,
    typed: Typed,
    autocomplete: str,
    *,
    kind: str = "text",
    value: str = "",
) -> str:
    problem = f' aria-invalid="true" aria-describedby="{typed.form}-problem"' if typed is not _BLANK else ""
    kept = f' value="{escape(value)}"' if value else ""
    return (
        f'<label for="{name_id}">{label}</label><input id="{name_id}" name="{name}" type="{kind}"'
        f' autocomplete="{autocomplete}" autocapitalize="none" spellcheck="false" required{kept}{problem}>'
    )
