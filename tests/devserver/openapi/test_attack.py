"""Schemathesis sends requests that the OpenAPI document allows, and others."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from eternaltwin.devserver.api.routes import API_ENDPOINTS
from eternaltwin.devserver.app import create_app
from eternaltwin.devserver.config import config_of
from eternaltwin.devserver.services.world import World
from tests.support.openapi_schema import operations

if TYPE_CHECKING:
    from schemathesis import Case

    from eternaltwin.devserver.asgi.protocol import ASGIApp
    from eternaltwin.devserver.domain.records import UserRecord

#: Operations with the status 500 for names that are locked, taken or unknown, and for callers who may not read jobs, as
#: on the official server.
REFUSED_WITH_500 = {
    "register_user",
    "submit_registration",
    "change_user",
    "list_jobs",
    "create_job",
    "get_job",
    "get_task",
    "list_emails",
    "order_email",
    "get_twinoid_scores",
    "get_twinoid_rewards",
}

CONFORMANCE = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 8
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much]

SEEDS = {
    "seed": {
        "dinoparc_user": {"one": {"server": "dinoparc.com", "id": 1, "username": "one"}},
        "hammerfest_user": {"one": {"server": "hammerfest.fr", "id": 1, "username": "one"}},
        "twinoid_user": {"one": {"id": 1, "display_name": "One"}},
    }
}

Modes = st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE])


class Target(NamedTuple):
    """A server with contents.

    Attributes:
        app: The application.
        authorizations: Values of the `Authorization` field. The empty string means none.
        known: Existing ids, by the names of path parameters.
    """

    app: ASGIApp
    authorizations: list[str]
    known: dict[str, list[str]]


@cache
def world() -> World:
    return World(config_of(SEEDS, "Virtual"))


@cache
def app() -> ASGIApp:
    return create_app(world())


def token(user: UserRecord, scope: str) -> str:
    sign_in, game = world().sign_in, world().client("kingdom_dev")
    return "Bearer " + sign_in.claim(game, world().authorization_code(user, game, scope))[0]


def reset_target() -> Target:
    """Reset the server, and add contents."""
    state = world()
    state.reset()
    alice, bob = state.user("alice"), state.user("bob")
    writer = state.sign_in.user_of_session(state.open_session(bob))
    assert writer is not None
    thread = state.forum.create_thread(writer, "main_fr", "Title", "**Body**")
    post = state.forum.reply(writer, thread.id, "Reply")
    authorizations = ["Basic YWxpY2U6YWFhYWFhYWFhYQ==", "Basic Ym9iOmJiYmJiYmJiYmI="]
    authorizations += [token(bob, "base"), token(bob, "base forum:write"), "Basic a2luZ2RvbV9kZXZAY2xpZW50czpkZXY=", ""]
    known = {
        "user_id": [str(alice.id), str(bob.id)],
        "section": ["main_fr"],
        "thread": [str(thread.id)],
        "post": [str(post.id)],
        "id": ["1"],
    }
    return Target(app(), authorizations, known)


def draw_known_ids(case: Case, data: st.DataObject, known: dict[str, list[str]]) -> None:
    """Replace about half of the path parameters by existing ids."""
    for name in case.path_parameters.keys() & known.keys():
        if data.draw(st.booleans(), label=f"known {name}"):
            case.path_parameters[name] = data.draw(st.sampled_from(known[name]), label=name)


def is_for_the_operation(case: Case) -> bool:
    """Return whether the path is complete: schemathesis does not quote lists in it, and `?` or `#` would end it."""
    return not {"?", "#"} & set(case.formatted_path)


def headers_of(authorization: str) -> dict[str, str]:
    return {"authorization": authorization} if authorization else {}


@pytest.mark.parametrize("label", list(operations()))
def test_responses_are_as_declared(label: str, caplog: pytest.LogCaptureFixture) -> None:
    operation, target = operations()[label], reset_target()
    has_input = bool(operation.definition.raw.get("parameters") or operation.definition.raw.get("requestBody"))
    modes = [GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if has_input else [])]
    requests = {mode: operation.as_strategy(generation_mode=mode) for mode in modes}
    may_fail = operation.definition.raw["operationId"] in REFUSED_WITH_500
    checks = CONFORMANCE if may_fail else [*CONFORMANCE, not_a_server_error]

    @given(st.data())
    @settings(max_examples=EXAMPLES * len(modes), suppress_health_check=SLOW)
    def attack(data: st.DataObject) -> None:
        case = data.draw(requests[data.draw(st.sampled_from(modes))])
        assume(is_for_the_operation(case))
        draw_known_ids(case, data, target.known)
        authorization = data.draw(st.sampled_from(target.authorizations), label="authorization")
        case.call_and_validate(app=target.app, headers=headers_of(authorization), checks=checks)

    with caplog.at_level(logging.ERROR, "eternaltwin.devserver"):
        attack()
    assert caplog.records == []


def test_only_the_listed_operations_declare_500() -> None:
    declared = [(endpoint.name, endpoint.operation) for endpoint in API_ENDPOINTS if endpoint.operation is not None]
    failing = {name for name, found in declared if 500 in found.responses.keys() - found.only_released}
    assert failing == REFUSED_WITH_500
