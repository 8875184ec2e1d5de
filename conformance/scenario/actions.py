"""The forms of Eternaltwin's website: registration, and links to archived accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.scenario.callers import ALICE, CALLERS
from conformance.steps import Identity, basic, step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.steps import Step

REGISTER = "/actions/register"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
FORM_TYPE = "application/x-www-form-urlencoded"
PERSON = {"username": "formed", "display_name": "Formed", "password": "ffffffffff"}
NUMBERS = ("0", "01", "-1", "x", "999999999", "1000000000")
LINKS: Mapping[str, Mapping[str, str]] = {
    game: {"method": "Ref", "user_id": "$user1", f"{game}_server": server, f"{game}_user_id": "1"}
    for game, server in (("dinoparc", "dinoparc.com"), ("hammerfest", "hammerfest.fr"))
}


def _with(form: Mapping[str, str], changes: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in {**form, **changes}.items() if value != "-"}


def _register(name: str, *by: Identity, **changes: str) -> Step:
    return step(f"form {name}", "POST", REGISTER, *by, form=_with(PERSON, changes))


def _typed(name: str, content_type: str, username: str) -> Step:
    text = f"username={username}&display_name=Formed&password=x"
    return step(f"form {name}", "POST", REGISTER, text=text, headers={"Content-Type": content_type})


def _link(game: str, name: str, *by: Identity, **changes: str) -> Step:
    return step(f"form {game} {name}", "POST", f"/actions/link/{game}", *by, form=_with(LINKS[game], changes))


def _linking(game: str) -> Sequence[Step]:
    path, server, number = f"/actions/link/{game}", f"{game}_server", f"{game}_user_id"
    return (
        *(_link(game, f"as {name}", *by) for name, by in CALLERS.items() if name != "administrator"),
        _link(game, "of unknown user", ALICE, user_id=UNKNOWN, **{number: "2"}),
        *(_link(game, f"without {name}", ALICE, **{name: "-"}) for name in LINKS[game]),
        _link(game, "other method", ALICE, method="Credentials"),
        _link(game, "malformed user", ALICE, user_id="x"),
        _link(game, "unknown server", ALICE, **{server: "game.example"}),
        _link(game, "further fields", more="1"),
        *(_link(game, f"number {text}", **{number: text}) for text in NUMBERS),
        step(f"form {game} empty", "POST", path, text="", headers={"Content-Type": FORM_TYPE}),
        step(f"form {game} without type", "POST", path),
        step(f"form {game} json", "POST", path, json={}),
        *(step(f"form {game} {method}", method, path) for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS")),
        step(f"form {game} user", "GET", "/api/v1/users/$user1"),
    )


STEPS: Sequence[Step] = (
    _register("new"),
    step("form log in", "GET", "/api/v1/auth/self", basic("formed", "ffffffffff")),
    _register("again"),
    *(_register(f"as {name}", *by, username=f"by_{name}") for name, by in CALLERS.items() if by),
    *(_register(f"without {name}", **{name: "-"}) for name in PERSON),
    _register("malformed username", username="Formed"),
    _register("malformed display name", display_name="1"),
    _register("empty password", username="formed_empty", password=""),
    _register("with token", username="formed_token", email_token="x"),
    _register("with token only", username="-", email_token="x"),
    _register("with token and malformed name", username="-", email_token="x", display_name="1"),
    _register("further fields", username="formed_next", next="http://other.example/"),
    _register("from another site", Identity("Origin", "http://other.example"), username="formed_foreign"),
    _typed("with charset", f"{FORM_TYPE}; charset=utf-8", "formed_charset"),
    _typed("longer type", f"{FORM_TYPE}x", "formed_longer"),
    _typed("type in capitals", FORM_TYPE.upper(), "formed_capitals"),
    _typed("multipart", "multipart/form-data; boundary=x", "formed_multipart"),
    step(
        "form field twice",
        "POST",
        REGISTER,
        text="username=a1&username=b1&display_name=Formed&password=x",
        headers={"Content-Type": FORM_TYPE},
    ),
    step("form empty", "POST", REGISTER, text="", headers={"Content-Type": FORM_TYPE}),
    step("form without type", "POST", REGISTER),
    step("form json", "POST", REGISTER, json={**PERSON}),
    *(step(f"form {method}", method, REGISTER) for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")),
    *(
        step(f"form {method} {path}", method, path)
        for method in ("GET", "POST")
        for path in (
            "/actions",
            "/actions/",
            "/actions/register/",
            "/actions/login",
            "/actions/login/twinoid",
            "/actions/link",
            "/actions/link/twinoid",
        )
    ),
    *_linking("hammerfest"),
    *_linking("dinoparc"),
    # The accounts are not archived. The last of these makes the user unreadable.
    _link("hammerfest", "as administrator", ALICE),
    step("form hammerfest user afterwards", "GET", "/api/v1/users/$user1"),
    _link("dinoparc", "as administrator", ALICE),
    step("form dinoparc user afterwards", "GET", "/api/v1/users/$user1"),
)
