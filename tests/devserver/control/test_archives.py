"""`/_dev/archives` and `/_dev/links`: archived accounts are added, and linked to users."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer
    from tests.support.control import Control

TWINO = "/archives/twinoid_user/twino"


def test_an_archived_account_is_added_and_changed_as_in_the_configuration(server: DevServer, control: Control) -> None:
    added = {"key": "seed.twinoid_user.twino", "site": "twinoid.com", "account": 38, "name": "twino"}
    for _ in range(2):
        assert control.json("PUT", TWINO, {"id": 38})["items"] == [added]
    assert control.json("PUT", TWINO, {"display_name": "Twino"})["items"] == [{**added, "name": "Twino"}]
    dino = {"id": 1, "coins": 1000, "dinoz": {"7": {"name": "Yasumi"}}, "linked_to": "alice"}
    assert control.json("PUT", "/archives/dinoparc_user/dino", dino)["count"] == 2
    assert server.world.archives.dinoz("dinoparc.com", 7) is not None
    assert [link["site"] for link in control.json("GET", "/links?user=alice")["items"]] == ["dinoparc.com"]


@pytest.mark.parametrize(
    ("path", "body", "problem"),
    [
        ("/archives/twinoid_user/other", {"id": 38}, (422, "invalid")),
        ("/archives/twinoid_user/other", {}, (422, "invalid")),
        ("/archives/twinoid_user/other", {"id": 39, "colour": "red"}, (422, "invalid")),
        ("/archives/twinoid_user/other", [], (422, "invalid")),
        ("/archives/muxxu_user/other", {"id": 39}, (404, "not_found")),
        ("/links/twinoid.com/39", {"user": "alice"}, (404, "not_found")),
        ("/links/twinoid.com/first", {"user": "alice"}, (404, "not_found")),
        ("/links/muxxu.com/38", {"user": "alice"}, (404, "not_found")),
        ("/links/twinoid.com/38", {"user": "nobody"}, (404, "not_found")),
        ("/links/twinoid.com/38", {"user": "bob"}, (409, "taken")),
    ],
)
def test_an_account_or_a_link_that_is_not_possible_is_refused(
    control: Control, path: str, body: object, problem: tuple[int, str]
) -> None:
    control.json("PUT", TWINO, {"id": 38, "linked_to": "alice"})
    before = control.json("GET", "/archives")
    assert control.problem("PUT", path, body) == problem
    assert control.json("GET", "/archives") == before


def test_an_account_is_linked_and_unlinked_idempotently(control: Control) -> None:
    control.json("PUT", TWINO, {"id": 38})
    for _ in range(2):
        control.json("PUT", "/links/twinoid.com/38", {"user": "alice"}, status=204)
        [link] = control.json("GET", "/links?user=alice")["items"]
        assert (link["site"], link["account"], link["user"]) == ("twinoid.com", 38, "Alice")
    for _ in range(2):
        control.json("DELETE", "/links/twinoid.com/38", status=204)
        assert control.json("GET", "/links?user=alice")["count"] == 0
    assert control.problem("GET", "/links") == (422, "invalid")
