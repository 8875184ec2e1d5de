"""What a scenario is made of: steps, which are data, and words to write them down with.

Texts of a step may name what earlier answers gave: `$user1` is what an earlier step kept under that name, and a
dollar sign is written `$$`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from conformance.exchanges import Json


class Absent(enum.Enum):
    """There is no body at all, which a JSON null is not."""

    ABSENT = enum.auto()


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks: a header and its text; what follows `encoded` travels in base64."""

    header: str
    text: str
    encoded: str | None = None


def session(name: str) -> Identity:
    """Who holds the session cookie that was kept as `{name}_session`."""
    return Identity("Cookie", f"sid=${{{name}_session}}")


def cookie(text: str) -> Identity:
    """Who sends this cookie header."""
    return Identity("Cookie", text)


def bearer(token: str) -> Identity:
    """Who sends this token."""
    return Identity("Authorization", f"Bearer {token}")


def basic(name: str, password: str) -> Identity:
    """Who sends this name and password, or client reference and secret."""
    return Identity("Authorization", "Basic ", f"{name}:{password}")


def authorization(text: str) -> Identity:
    """Who sends this in the header `Authorization`."""
    return Identity("Authorization", text)


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One request of a scenario.

    Args:
        name: no other step of the scenario has it.
        method: in upper case.
        path: with its query.
        by: who asks; nobody (a guest), one, or several at a time.
        json: the body, sent as JSON.
        form: the body, sent as a form.
        text: the body, sent as it is.
        headers: further headers.
        keep: names for what later steps need, and where in the answer it is found: `json:a.0.b`, `cookie:sid`,
            `query:code` (of the address redirected to), `expired:code` and `foreign:code` (the same code, but
            expired, or signed by somebody else).
    """

    name: str
    method: str
    path: str
    by: tuple[Identity, ...] = ()
    json: Json | Absent = Absent.ABSENT
    form: Mapping[str, str] | None = None
    text: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    keep: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Scenario:
    """Steps in order, for a server that was started afresh with a configuration file.

    Args:
        name: of its recording, too.
        configuration: an `eternaltwin.toml`.
        steps: in order.
    """

    name: str
    configuration: Path
    steps: Sequence[Step]


def step(
    name: str,
    method: str,
    path: str,
    *by: Identity,
    json: Json | Absent = Absent.ABSENT,
    form: Mapping[str, str] | None = None,
    text: str | None = None,
    headers: Mapping[str, str] | None = None,
    **keep: str,
) -> Step:
    """A step; further keyword arguments are what it keeps."""
    return Step(
        name=name, method=method, path=path, by=by, json=json, form=form, text=text, headers=headers or {}, keep=keep
    )


def keeping(asked: Step, **keep: str) -> Step:
    """A step that keeps these, too."""
    return replace(asked, keep={**asked.keep, **keep})


def query(path: str, **parameters: str) -> str:
    """A path with a query; names of what was kept stay names."""
    return f"{path}?{urlencode(parameters, safe='$')}"


def hexadecimal(password: str) -> str:
    """A password as it travels in JSON."""
    return password.encode().hex()


def log_in(name: str, username: str, password: str, as_: str) -> Step:
    """The step that opens a session and keeps it as `{as_}_session`, and the user's id as `{as_}`."""
    body: Json = {"login": username, "password": hexadecimal(password)}
    keep = {f"{as_}_session": "cookie:sid", as_: "json:id"}
    return Step(name=name, method="PUT", path="/api/v1/auth/self?method=Etwin", json=body, keep=keep)


def register(name: str, username: str, display_name: str, password: str) -> Step:
    """The step that registers a user and keeps session and id as `log_in` does."""
    body: Json = {"username": username, "display_name": display_name, "password": hexadecimal(password)}
    keep = {f"{username}_session": "cookie:sid", username: "json:id"}
    return Step(name=name, method="POST", path="/api/v1/users", json=body, keep=keep)
