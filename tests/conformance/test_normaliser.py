"""Normalising replaces the values that differ between two runs, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance import forging
from conformance.exchanges import Exchange, Request, Response
from conformance.normaliser import Normaliser, normalise

if TYPE_CHECKING:
    from conformance.exchanges import Json

ID = "6d62fb63-3b2b-493a-bc99-c04b036b6716"
OTHER = "f3d8fb84-d150-4ac0-bc83-101aa86f2526"


def exchange(body: Json, *, name: str = "it", path: str = "/", headers: dict[str, str] | None = None) -> Exchange:
    return Exchange(name, Request("GET", path), Response(200, headers or {}, is_json=True, body=body))


def body_of(*bodies: Json) -> list[Json]:
    exchanges = [exchange(body, name=f"step {number}") for number, body in enumerate(bodies)]
    return [normalised.response.body for normalised in normalise(exchanges)]


def test_an_id_becomes_the_place_of_its_first_occurrence() -> None:
    first, second = body_of({"id": ID}, {"user": {"id": ID}, "other": OTHER})
    assert first == {"id": "<id at step 0: body.id>"}
    assert second == {"user": {"id": "<id at step 0: body.id>"}, "other": "<id at step 1: body.other>"}


@given(st.lists(st.integers(0, 4), max_size=8), st.permutations(range(5)))
def test_runs_match_if_equal_ids_occur_at_the_same_places(pattern: list[int], ids: list[int]) -> None:
    def run(numbers: list[int]) -> list[Json]:
        return body_of([str(UUID(int=number + 2**100)) for number in numbers])

    assert run(pattern) == run([ids[number] for number in pattern])
    assert (run(pattern) == run([0] * len(pattern))) == (len(set(pattern)) <= 1)


def test_ids_that_the_scenario_chose_stay() -> None:
    chosen = exchange({"id": ID}, path=f"/users/{OTHER}")
    normaliser = Normaliser()
    assert normaliser.exchange(chosen).request.path == f"/users/{OTHER}"
    assert normaliser.exchange(exchange("00000000-0000-4000-8000-000000000000")).response.body == (
        "00000000-0000-4000-8000-000000000000"
    )


def test_an_id_in_capitals_differs_from_the_same_in_small_letters() -> None:
    small, capitals = body_of(ID, ID.upper())
    assert capitals == f"{small} in capitals"


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("2026-11-24T07:16:05.302Z", "<time>"),
        ("2020-01-01T00:00:00.000Z", "<time>"),
        ("2023-02-10T23:00:00.000Z", "2023-02-10T23:00:00.000Z"),
        ("2026-11-24T07:16:05Z", "2026-11-24T07:16:05Z"),
        ("Invalid URL: UUID parsing failed", "Invalid URL: <reason>"),
        ("Failed to deserialize query string: a\nb", "Failed to deserialize query string: <reason>"),
        ("Base64 error: too short", "<unreadable token>"),
        ("JSON error: expected value at line 1 column 1", "<unreadable token>"),
        ("JSON error: missing field `alg` at line 1 column 2", "JSON error: missing field `alg` at line 1 column 2"),
        ("InvalidSignature", "InvalidSignature"),
        ("user not found", "user not found"),
        ("eyJ.no.code", "eyJ.no.code"),
        ("eyJhIjoxfQ.eyJhIjoxfQ.x", "eyJhIjoxfQ.eyJhIjoxfQ.x"),
    ],
)
def test_strings_are_normalised(text: str, normalised: str) -> None:
    assert body_of(text) == [normalised]


def code(created: int, lifetime: int, trace: str) -> str:
    claims: dict[str, Json] = {"iat": created, "nbf": created, "exp": created + lifetime, "sub": ID, "trp": trace}
    return forging.sign(claims, "secret")


@given(st.integers(0, 2**33), st.integers(0, 2**33), st.binary(min_size=24, max_size=24))
def test_codes_are_compared_by_their_claims(created: int, later: int, trace: bytes) -> None:
    digits = trace.hex()
    one, two = (
        code(created, 600, f"00-{'0' * 32}-{'0' * 16}-01"),
        code(later, 600, f"00-{digits[:32]}-{digits[32:]}-01"),
    )
    assert body_of(f"/?code={one}&state=st") == body_of(f"/?code={two}&state=st")
    assert body_of(one) != body_of(code(created, 601, f"00-{'0' * 32}-{'0' * 16}-01"))


def test_sections_are_sorted_by_key_and_nothing_else_is_sorted() -> None:
    one: Json = {"type": "ForumSection", "key": "main_en"}
    two: Json = {"type": "ForumSection", "key": "main_fr"}
    assert body_of([two, one]) == [[one, two]]
    assert body_of([{"type": "ForumThread", "key": "b"}, {"type": "ForumThread", "key": "a"}]) == [
        [{"type": "ForumThread", "key": "b"}, {"type": "ForumThread", "key": "a"}]
    ]


def test_headers_of_responses_are_normalised_and_those_of_requests_removed() -> None:
    recorded = Exchange(
        "it", Request("GET", "/", {"Cookie": "x"}), Response(200, {"set-cookie": f"sid={ID}"}, is_json=False, body="")
    )
    normalised = Normaliser().exchange(recorded)
    assert normalised.request.headers == {}
    assert normalised.response.headers == {"set-cookie": "sid=<id at it: set-cookie>"}


def test_what_libraries_report_about_protobuf_is_replaced() -> None:
    beginning = "failed%20to%20decode%20Protobuf%20message:"
    assert body_of(f"{beginning}%20one", f"{beginning}%20two", "failed%20to%20read") == [
        f"{beginning}<reason>",
        f"{beginning}<reason>",
        "failed%20to%20read",
    ]
