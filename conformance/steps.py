"""The steps of a scenario, and functions that build them.

Strings of a step may refer to values of earlier responses: `$user1` is the value that an earlier step kept under that
name. A dollar sign is written as `$$`.
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
    """The absence of a body, in contrast to a JSON null."""

    ABSENT = enum.auto()


@dataclass(frozen=True, slots=True)
class Identity:
    """The caller of a request: a header and its value, to which `encoded` is appended in base64."""

    header: str
    text: str
    encoded: str | None = None


def session(name: str) -> Identity:
    """Return the caller with the session cookie that was kept as `{name}_session`."""
    return Identity("Cookie", f"sid=${{{name}_session}}")


def cookie(text: str) -> Identity:
    """Return the caller with this cookie header."""
    return Identity("Cookie", text)


def bearer(token: str) -> Identity:
    """Return the caller with this token."""
    return Identity("Authorization", f"Bearer {token}")


def basic(name: str, password: str) -> Identity:
    """Return the caller with this username and password, or client reference and secret."""
    return Identity("Authorization", "Basic ", f"{name}:{password}")


def authorization(text: str) -> Identity:
    """Return the caller with this header `Authorization`."""
    return Identity("Authorization", text)


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One request of a scenario.

    Args:
        name: Name of the step, unique in the scenario.
        method: The method, in upper case.
        path: The path with the query.
        by: The caller: none (a guest), one, or several identities at a time.
        json: The body, sent as JSON.
        form: The body, sent as a form.
        text: The body, sent unchanged.
        binary: The body, if it is not text.
        headers: Further headers.
        keep: Names of values for later steps, with their places in the response: `json:a.0.b`, `cookie:sid`,
            `query:code` (in the URL of a redirect), `expired:code` and `foreign:code` (the same code, but expired,
            or signed with another secret), `header-none:code` (with another header of `forging.HEADERS`).
    """

    name: str
    method: str
    path: str
    by: tuple[Identity, ...] = ()
    json: Json | Absent = Absent.ABSENT
    form: Mapping[str, str] | None = None
    text: str | None = None
    binary: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    keep: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Scenario:
    """A sequence of steps, for a newly started server with a configuration file.

    Args:
        name: Name of the scenario and of its recording.
        configuration: Path of an `eternaltwin.toml`.
        steps: The steps, in order.
        needs_postgresql: Whether the official server fulfils the requests only with PostgreSQL. The recording is then
            not verified.
    """

    name: str
    configuration: Path
    steps: Sequence[Step]
    needs_postgresql: bool = False


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
    """Build a step. Further keyword arguments are the values that it keeps."""
    return Step(
        name=name, method=method, path=path, by=by, json=json, form=form, text=text, headers=headers or {}, keep=keep
    )


def binary_step(name: str, path: str, body: bytes, *by: Identity, content_type: str) -> Step:
    """Build a step that posts a body that is not text."""
    return Step(name=name, method="POST", path=path, by=by, binary=body, headers={"Content-Type": content_type})


def keeping(original: Step, **keep: str) -> Step:
    """Return a step that keeps these values as well."""
    return replace(original, keep={**original.keep, **keep})


def query(path: str, **parameters: str) -> str:
    """Return a path with a query, in which references to kept values are not encoded."""
    return f"{path}?{urlencode(parameters, safe='$')}"


def hexadecimal(password: str) -> str:
    """Return a password in the encoding of the API."""
    return password.encode().hex()


def log_in(name: str, username: str, password: str, as_: str) -> Step:
    """Build the step that logs in. It keeps the session as `{as_}_session` and the user's id as `{as_}`."""
    body: Json = {"login": username, "password": hexadecimal(password)}
    keep = {f"{as_}_session": "cookie:sid", as_: "json:id"}
    return Step(name=name, method="PUT", path="/api/v1/auth/self?method=Etwin", json=body, keep=keep)


def register(name: str, username: str, display_name: str, password: str) -> Step:
    """Build the step that registers a user. It keeps session and id as `log_in` does, under the username."""
    body: Json = {"username": username, "display_name": display_name, "password": hexadecimal(password)}
    keep = {f"{username}_session": "cookie:sid", username: "json:id"}
    return Step(name=name, method="POST", path="/api/v1/users", json=body, keep=keep)
