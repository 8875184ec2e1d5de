"""`/_dev/clock`: the clock is read, set and moved, unless it is the machine's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.devserver import DevServer
from tests.support.control import Control

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def system_control() -> Iterator[Control]:
    with DevServer.in_process(clock="System") as server:
        yield Control(server)


def test_the_clock_is_set_and_moved(control: Control) -> None:
    assert control.json("GET", "/clock")["is_movable"] is True
    at_noon = control.json("PUT", "/clock", {"time": "2030-01-01T13:00:00+01:00"})
    assert at_noon["time"] == "2030-01-01T12:00:00.000Z"
    assert control.json("POST", "/clock/advance", {"seconds": 1.5})["time"] == "2030-01-01T12:00:01.500Z"
    assert control.json("POST", "/clock/advance", {"seconds": -1.5}) == at_noon
    assert control.json("GET", "/clock") == at_noon


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/clock", {"time": "2030-01-01T12:00:00"}),
        ("PUT", "/clock", {"time": "tomorrow"}),
        ("PUT", "/clock", {}),
        ("PUT", "/clock", {"time": "0001-01-01T00:00:00+14:00"}),
        ("POST", "/clock/advance", {"seconds": 1e300}),
        ("POST", "/clock/advance", {}),
    ],
)
def test_a_time_that_no_clock_can_have_is_refused(control: Control, method: str, path: str, body: object) -> None:
    before = control.json("GET", "/clock")
    assert control.problem(method, path, body) == (422, "invalid")
    assert control.json("GET", "/clock") == before


def test_the_clock_of_the_machine_is_read_but_not_moved(system_control: Control) -> None:
    assert system_control.json("GET", "/clock")["is_movable"] is False
    refused = (409, "clock_not_movable")
    assert system_control.problem("PUT", "/clock", {"time": "2030-01-01T12:00:00Z"}) == refused
    assert system_control.problem("POST", "/clock/advance", {"seconds": 1}) == refused
