"""Every declared status occurs: in a replay of the recordings, or for one of many simple requests."""

from __future__ import annotations

import itertools
import json
import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, get_args
from uuid import UUID

from eternaltwin.devserver.api.routes import API_ENDPOINTS
from eternaltwin.devserver.config import config_of
from eternaltwin.devserver.domain.versions import ApiVersion, behaviour_of
from eternaltwin.devserver.services.jobs import EmailOrder
from eternaltwin.exceptions import InvalidArgumentError
from eternaltwin.rules.requests import MAX_REQUEST_SIZE
from tests.devserver.test_recordings import EXCHANGES, outcomes
from tests.support.asgi_server import Server, basic
from tests.support.declarations import find_endpoint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.devserver.api.endpoints import Endpoint

Occurrence = tuple[str, int]

VERSIONS: tuple[ApiVersion, ...] = get_args(ApiVersion)

SEEDS: dict[str, object] = {
    "seed": {
        "user": {"carl": {"password": "x", "must_accept_terms": True}},
        "dinoparc_user": {"one": {"server": "dinoparc.com", "id": 1, "dinoz": {"1": {}}}},
        "hammerfest_user": {"one": {"server": "hammerfest.fr", "id": 1}},
        "twinoid_user": {"one": {"id": 1}, "two": {"id": 2}},
    }
}

UNKNOWN = str(UUID(int=1))
FORM = "application/x-www-form-urlencoded"

#: Operations whose effects would change the responses of others.
LAST = ("delete_user", "restore_user")

#: Queries that requests are sent with, in addition to none, by operation.
QUERIES = {
    "authorize": ("?response_type=code&client_id=kingdom_dev%40clients", "?state=1&state=2"),
    "search_users": ("?limit=x",),
}


class Contents(NamedTuple):
    """What requests to a server can contain."""

    #: Header fields with the credentials of callers.
    callers: list[dict[str, str]]
    #: Values of path parameters, by name.
    parameters: dict[str, list[str]]
    #: Bodies of valid requests, by operation.
    bodies: dict[str, object]
    #: The same for operations that accept forms only.
    forms: dict[str, str]


def recorded() -> Iterator[Occurrence]:
    """Yield what occurs in the replay of the recordings."""
    for version in VERSIONS:
        for exchange in EXCHANGES:
            request, response = exchange["request"], outcomes(version)[exchange["name"]][1]
            endpoint = find_endpoint(request["method"], request["path"], behaviour_of(version))
            if endpoint is not None:
                yield endpoint.name, response["status"]


def fill(server: Server) -> Contents:
    """Add contents to a server."""
    world = server.world
    alice, bob, carl, dan, eve = (world.user(name) for name in ("alice", "bob", "carl", "dan", "eve"))
    thread, locked = (world.forum.create_thread(bob, "main_fr", "Title", "Body") for _ in range(2))
    world.forum.mark(locked.id, is_locked=True)
    post = world.forum.reply(bob, thread.id, "Reply")
    world.delete_user(dan)
    with suppress(InvalidArgumentError):  # the released server links the account before it refuses
        world.links.link(alice, eve.id, "twinoid.com", 3)
    game = world.client("kingdom_dev")
    token, _ = world.sign_in.claim(game, world.authorization_code(bob, game))
    grantee, account = {"id": str(carl.id)}, {"type": "HammerfestUser", "server": "hammerfest.fr", "id": "1"}
    revision = str(world.forum.last_revision(post).id)
    order = EmailOrder(idempotency_key=UUID(int=2), deadline=datetime.max.replace(tzinfo=UTC), recipient="@")
    world.jobs.order_email(alice, order)
    [[job], _] = world.jobs.all(1)
    return Contents(
        callers=[
            *({"cookie": f"sid={world.open_session(user)}"} for user in (alice, bob, carl)),
            *({"authorization": f"Bearer {secret}"} for secret in (token, UNKNOWN)),
            {"authorization": basic("kingdom_dev@clients", "dev")},
            {"authorization": basic("alice", "a" * 10)},
            {"etwin-internal-auth": "x"},
            {"etwin-internal-auth": world.config.backend.secret},
            {"origin": "http://other.example"},
            {},
        ],
        parameters={
            "user_id": [*(str(user.id) for user in (eve, bob, carl, dan)), UNKNOWN, "-"],
            "section": ["main_fr", "unknown", "-"],
            "thread": [str(thread.id), str(locked.id), "unknown", "-"],
            "post": [str(post.id), UNKNOWN, "-"],
            "job_id": [str(job.id), UNKNOWN, "-"],
            "task_id": [str(job.task_id), UNKNOWN, "-"],
            "server": ["dinoparc.com", "hammerfest.fr", "-"],
            "site": ["hammerfest.fr", "twinoid.com", "1", "-"],
            "id": ["1", "3", "-"],
        },
        bodies={
            "add_moderator": grantee,
            "remove_moderator": grantee,
            "create_thread": {"title": "Title", "body": "Body"},
            "create_post": {"body": "Body"},
            "edit_post": {"last_revision_id": revision, "comment": None},
            "link": {"method": "Ref", "hammerfest_user_id": "1", "twinoid_user_id": "1"},
            "unlink": account,
            "change_user": {"display_name": "Robert"},
            "set_clock": {"time": "2030-01-01T00:00:00.000Z"},
            "create_job": {"kind": "Sleep", "state": None},
            "order_email": {
                "deadline": "2200-01-01T00:00:00.000Z",
                "idempotency_key": UNKNOWN,
                "recipient": "player@game.example",
                "subject": "",
                "body": "",
            },
            "register_client": {
                "key": "fresh@clients",
                "display_name": "Fresh",
                "app_uri": "http://fresh.example/",
                "callback_uri": "http://fresh.example/",
                "secret": "",
            },
            "create_section": {"key": "fresh", "display_name": "Fresh"},
        },
        forms={
            "submit_registration": "username=fresh&display_name=Fresh&password=x",
            **{
                f"submit_{game}_link": f"method=Ref&user_id={bob.id}&{game}_server={site}&{game}_user_id=1"
                for game, site in (("dinoparc", "dinoparc.com"), ("hammerfest", "hammerfest.fr"))
            },
        },
    )


def targets(endpoint: Endpoint, parameters: dict[str, list[str]]) -> Iterator[str]:
    """Yield the targets of requests with all combinations of values of the path parameters, and some queries."""
    names = re.findall(r"{(\w+)}", endpoint.path)
    for values in itertools.product(*(parameters[name] for name in names)):
        for query in ("", *QUERIES.get(endpoint.name, ())):
            yield endpoint.path.format_map(dict(zip(names, values, strict=True))) + query


def of_simple_requests(version: ApiVersion) -> Iterator[Occurrence]:
    """Yield what occurs for all combinations of callers, parameters and bodies."""
    with Server(config_of(SEEDS, "Virtual"), api_version=version) as server:
        contents = fill(server)
        for endpoint in sorted(API_ENDPOINTS, key=lambda endpoint: endpoint.name in LAST):
            bodies = [b"{", b"[]", json.dumps(contents.bodies.get(endpoint.name)).encode()]
            content: list[tuple[dict[str, str], bytes]] = [({}, b"")]
            content += [({"content-type": "application/json"}, body) for body in bodies]
            content += [({"content-type": FORM}, form.encode()) for form in ("", contents.forms.get(endpoint.name, ""))]
            for target in targets(endpoint, contents.parameters):
                for caller, (fields, body) in itertools.product(contents.callers, content):
                    reply = server.request(endpoint.method, target, headers=caller | fields, body=body)
                    yield endpoint.name, reply.status
        yield from of_large_requests(server, contents.parameters)


def of_large_requests(server: Server, parameters: dict[str, list[str]]) -> Iterator[Occurrence]:
    """Yield what occurs for bodies that are too large."""
    body, key = b" " * (MAX_REQUEST_SIZE + 1), {"etwin-internal-auth": server.world.config.backend.secret}
    for endpoint in API_ENDPOINTS:
        for kind in ("application/json", FORM):
            target, headers = next(targets(endpoint, parameters)), {**key, "content-type": kind}
            yield endpoint.name, server.request(endpoint.method, target, headers=headers, body=body).status


def test_every_declared_status_occurs() -> None:
    declarations = [(endpoint.name, endpoint.operation) for endpoint in API_ENDPOINTS]
    declared = {(name, status) for name, found in declarations if found is not None for status in found.responses}
    occurring = {*recorded(), *itertools.chain.from_iterable(map(of_simple_requests, VERSIONS))}
    assert sorted(declared - occurring) == []
