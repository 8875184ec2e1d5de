"""The areas of Eternaltwin's API, one file per area, for the sync and the asyncio client.

Every area is written once, as coroutines that await only what sends. Every method that sends may raise the errors
that [`ApiClient.send`][eternaltwin.clients.api.client.ApiClient.send] documents, a `TransportError` where no response
arrives, and an `InvalidArgumentError`, before anything is sent, for an argument that is not valid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from eternaltwin.clients.api.accounts import AccountsApi
from eternaltwin.clients.api.archives import ArchivesApi
from eternaltwin.clients.api.bodies import form_body, json_body, strings_in
from eternaltwin.clients.api.client import ApiClient
from eternaltwin.clients.api.forum import ForumApi
from eternaltwin.clients.api.oauth import OAuthApi
from eternaltwin.clients.api.profile_stores import GuardedStore
from eternaltwin.clients.api.profiles import CachedProfiles, ServerOfUsers, UncachedProfiles
from eternaltwin.clients.api.server import ServerApi
from eternaltwin.clients.api.telemetry import TelemetryApi
from eternaltwin.clients.api.users import UsersApi
from eternaltwin.clients.auth import choose_credentials
from eternaltwin.clients.validation.requests import check_endpoint, check_fields
from eternaltwin.exceptions import InvalidArgumentError
from eternaltwin.profiles.entries import server_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from eternaltwin.clients.api.bodies import RequestBody
    from eternaltwin.clients.api.profile_stores import StoreCalls
    from eternaltwin.clients.api.profiles import Behind, ProfilesApi
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.clients.http.transports import Gather, SendCall, Sleep
    from eternaltwin.clients.settings import CheckedSettings
    from eternaltwin.profiles import ProfileStore
    from eternaltwin.responses import Response
    from eternaltwin.tokens import Token

_ANY_STATUS = range(1000)


class Api:
    """All areas of the API, over one connection.

    Args:
        send: Sends one call and returns its response, whatever its status.
        gather: Makes many calls at a time.
        settings: Settings of the connection.
        caching: What a cache of profiles needs of the client.

    Attributes:
        users: Users.
        profiles: Public profiles of users, from the cache or from the server.
        oauth: Sign-ins.
        server: The server itself.
        accounts: Registration, log-in, changes and links of accounts.
        archives: Archived accounts of older games.
        forum: The forum.
        telemetry: Traces of the game.
    """

    def __init__(self, send: SendCall, gather: Gather, settings: CheckedSettings, caching: Caching) -> None:
        self._client = ApiClient(send)
        self.users = UsersApi(self._client, gather, settings.pool_size)
        self.profiles = _profiles(self.users, settings, caching)
        self.oauth = OAuthApi(self._client, self.users, settings, self.profiles.note_name)
        self.server = ServerApi(self._client)
        self.accounts = AccountsApi(self._client, self.profiles.forget)
        self.archives = ArchivesApi(self._client)
        self.forum = ForumApi(self._client, self.server)
        self.telemetry = TelemetryApi(self._client, settings)

    async def call(
        self,
        method: str,
        endpoint: str,
        *,
        raise_on_error: bool,
        token: Token | str | None,
        query: Mapping[str, str] | None,
        json: object = None,
        form: Mapping[str, str] | None = None,
        identity: Identifiable | None = None,
    ) -> Response:
        """Send any call, for what no area covers.

        Args:
            method: HTTP method.
            endpoint: Path on the server.
            raise_on_error: Whether an error status raises a `RequestError`.
            token: Access token to send.
            query: Fields of the query.
            json: Value to send as a JSON body.
            form: Fields to send as a form, instead of `json`.
            identity: Whose credentials to send, instead of `token`.

        Returns:
            The response.
        """
        body = _body(json, form)
        sent = strings_in([query, json, form])  # nobody knows which of them are secrets
        return await self._client.send(
            method,
            check_endpoint(endpoint),
            choose_credentials(token, identity).hiding(sent),
            query=check_fields("query", query or {}),
            body=body,
            accept=() if raise_on_error else _ANY_STATUS,
        )


class Caching(NamedTuple):
    """What a cache of profiles needs of a client: what differs between sync and asyncio.

    Attributes:
        calls: Returns the calls of a store, as coroutine functions.
        sleep: Waits for a number of seconds.
        behind: Runs a coroutine function behind the caller's back.
    """

    calls: Callable[[ProfileStore], StoreCalls]
    sleep: Sleep
    behind: Behind


def _profiles(users: UsersApi, settings: CheckedSettings, caching: Caching) -> ProfilesApi:
    cache = settings.profile_cache
    if cache is None:
        return UncachedProfiles(users)
    server = ServerOfUsers(server_digest(settings.base_url), settings.base_url, settings.timeout, settings.pool_size)
    store = GuardedStore(caching.calls(cache.store), cache, server.digest)
    return CachedProfiles(users, cache, store, server, caching.sleep, caching.behind)


def _body(json: object, form: Mapping[str, str] | None) -> RequestBody | None:
    if json is not None and form is not None:
        raise InvalidArgumentError("a body is either json or form, not both")
    if form is not None:
        return form_body(form)
    return None if json is None else json_body(json)
