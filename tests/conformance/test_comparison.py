"""Differences of two runs are found, shown and excused, and recordings are stored unchanged."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.comparison import NOTHING, Difference, Outcome, Verdict, compare
from conformance.exchanges import DROPPED, Exchange, Request, Response, load, save
from conformance.report import Report, to_json

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.exchanges import Json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


def exchange(name: str = "it", status: int = 200, body: Json = None, **headers: str) -> Exchange:
    return Exchange(name, Request("GET", "/"), Response(status, headers, is_json=True, body=body))


def differences(official: Exchange, other: Exchange) -> list[Difference]:
    (verdict,) = compare([official], [other], {})
    return list(verdict.differences)


@given(VALUES)
def test_a_response_matches_itself(body: Json) -> None:
    assert differences(exchange(body=body), exchange(body=body)) == []


@given(VALUES, VALUES)
def test_different_responses_differ(one: Json, two: Json) -> None:
    found = differences(exchange(body=[one]), exchange(body=[two]))
    assert bool(found) == (json.dumps(one, sort_keys=True) != json.dumps(two, sort_keys=True))


@pytest.mark.parametrize(
    ("official", "other", "found"),
    [
        (exchange(), exchange(status=404), Difference("status", 200, 404)),
        (exchange(status=DROPPED), exchange(), Difference("status", 0, 200)),
        (exchange(allow="GET"), exchange(), Difference("header allow", "GET", NOTHING)),
        (exchange(body={"a": [1, 2]}), exchange(body={"a": [1]}), Difference("body.a.1", 2, NOTHING)),
        (exchange(body={"a": None}), exchange(body={}), Difference("body.a", None, NOTHING)),
        (exchange(body=1), exchange(body=True), Difference("body", 1, True)),
        (exchange(body=[]), exchange(body={}), Difference("body", [], {})),
    ],
)
def test_a_difference_names_its_place(official: Exchange, other: Exchange, found: Difference) -> None:
    assert differences(official, other) == [found]


def test_an_exchange_of_only_one_run_is_a_difference() -> None:
    verdicts = compare([exchange("one")], [exchange("two")], {})
    assert [(verdict.name, verdict.outcome) for verdict in verdicts] == [
        ("one", Outcome.DIFFERENT),
        ("two", Outcome.DIFFERENT),
    ]


def test_a_needless_excuse_is_a_failure() -> None:
    official = [exchange("one"), exchange("two"), exchange("three")]
    other = [exchange("one", 404), exchange("two"), exchange("three", 500)]
    excuses = {"one": "why not", "two": "why not", "four": "why not"}
    outcomes = {verdict.name: verdict.outcome for verdict in compare(official, other, excuses)}
    assert outcomes == {
        "one": Outcome.EXCUSED,
        "two": Outcome.NEEDLESS_EXCUSE,
        "three": Outcome.DIFFERENT,
        "four": Outcome.NEEDLESS_EXCUSE,
    }
    assert [outcome.is_failure for outcome in outcomes.values()] == [False, True, True, True]


@given(VALUES, st.text(max_size=5), st.sampled_from([None, "", "{", "é"]))
def test_exchanges_are_stored_unchanged(
    tmp_path_factory: pytest.TempPathFactory, body: Json, name: str, sent: str
) -> None:
    path: Path = tmp_path_factory.mktemp("recordings") / "exchanges.json"
    exchanges = [
        Exchange(name, Request("PUT", "/a?b", {"A": "b"}, sent), Response(200, {"c": "d"}, is_json=True, body=body)),
        Exchange(f"{name}!", Request("GET", "/"), Response(DROPPED, {}, is_json=False, body="")),
    ]
    save(path, exchanges)
    assert load(path) == exchanges


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


VERDICTS = [
    Verdict("alike", []),
    Verdict("other", [Difference("status", 200, 404), Difference("body", "x" * 100, NOTHING)]),
    Verdict("excused", [Difference("status", 200, 404)], "it is new"),
]


def test_a_report_shows_differences_and_counts_outcomes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    Report(stream, "development").write("a run", VERDICTS)
    text = stream.getvalue()
    assert "different: other" in text
    assert "excused: excused (it is new)" in text
    assert f"body    {'x' * 59}…  (nothing)" in text
    assert "3 exchanges: 1 alike, 1 different, 1 excused" in text
    assert "\x1b" not in text


def test_a_report_is_coloured_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal, file = Terminal(), io.StringIO()
    for stream in (terminal, file):
        Report(stream, "development").write("a run", VERDICTS)
    assert "\x1b[31m1 different\x1b[0m" in terminal.getvalue()
    assert "\x1b" not in file.getvalue()


def test_only_the_first_differences_are_shown() -> None:
    stream = io.StringIO()
    many = [Difference(f"body.{number}", 1, 2) for number in range(10)]
    Report(stream, "development").write("a run", [Verdict("other", many)])
    assert "and 4 more" in stream.getvalue()


def test_verdicts_as_json_distinguish_missing_from_null() -> None:
    (shown,) = to_json([Verdict("other", [Difference("body", None, NOTHING)])])
    assert shown["differences"] == [{"place": "body", "official": None, "other": {"missing": True}}]
    assert shown["outcome"] == "different"
