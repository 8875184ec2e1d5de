"""Users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin import models
from eternaltwin.clients.api.pagination import Pages
from eternaltwin.clients.api.versions import Capability
from eternaltwin.clients.auth import choose_credentials, identify
from eternaltwin.clients.endpoints import SELF, USER, USERS
from eternaltwin.clients.validation.accounts import check_query, check_user_id, check_user_ids
from eternaltwin.clients.validation.values import check_integer, check_string
from eternaltwin.exceptions import NotFoundError
from eternaltwin.responses import decode_json

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from uuid import UUID

    from eternaltwin.clients.api.client import ApiClient
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.clients.http.transports import Gather
    from eternaltwin.responses import Response
    from eternaltwin.tokens import Token

#: Number of users per request when one of them is looked for.
FOUND_PAGE_SIZE = 100

UserListing = models.Listing[models.LazyUser]


class UsersApi:
    """The calls about users. `me`, `get` and `search` return responses as they are, the others decode them.

    Args:
        client: Sends the calls.
        gather: Makes many calls at a time.
        pool_size: Maximum number of calls that are sent at a time.

    Attributes:
        receiver: Called with the users of each page that was sent to a guest.
    """

    receiver: Callable[[list[models.LazyUser]], Awaitable[None]] | None = None

    def __init__(self, client: ApiClient, gather: Gather, pool_size: int) -> None:
        self._client = client
        self._gather = gather
        self._pool_size = pool_size

    async def me(self, token: Token | str | None = None, *, identity: Identifiable | None = None) -> Response:
        """Read who the caller is: `GET /api/v1/auth/self`. The server takes an invalid token for a guest.

        Args:
            token: Access token to send.
            identity: Whose credentials to send, instead of `token`.

        Returns:
            The response.
        """
        return await self._client.send("GET", SELF, choose_credentials(token, identity))

    async def get(
        self, user_id: str | UUID, token: Token | str | None = None, *, identity: Identifiable | None = None
    ) -> Response:
        """Read a user: `GET /api/v1/users/{id}`.

        Args:
            user_id: Id of the user, a UUID.
            token: Access token to send.
            identity: Whose credentials to send, instead of `token`.

        Returns:
            The response: status 200, or 410 with the same body for a deleted user.
        """
        endpoint = USER.format(user_id=check_user_id(user_id))
        return await self._client.send("GET", endpoint, choose_credentials(token, identity), accept=(410,))

    async def search(
        self,
        query: str | None = None,
        limit: int = 20,
        offset: int = 0,
        token: Token | str | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Response:
        """Search users by display name: `GET /api/v1/users`.

        Args:
            query: Part of a display name, in any case. None matches every user.
            limit: Maximum number of users to return, at least 0.
            offset: Number of matching users to skip, at least 0.
            token: Access token to send.
            identity: Whose credentials to send, instead of `token`.

        Returns:
            The response.

        Raises:
            UnsupportedByServerError: The server's version cannot list users (0.16.4 and older).
        """
        name = check_query(query)
        fields = (
            *(() if name is None else (("q", name),)),
            ("limit", str(check_integer("limit", limit, 0))),
            ("offset", str(check_integer("offset", offset, 0))),
        )
        credentials = choose_credentials(token, identity)
        return await self._client.send("GET", USERS, credentials, query=fields, capability=Capability.LIST_USERS)

    async def fetch(self, user_id: str | UUID, identity: Identifiable | None = None) -> models.LazyUser:
        """Read a user, deleted or not.

        Args:
            user_id: Id of the user, a UUID.
            identity: Whose credentials to send.

        Returns:
            The user.
        """
        return decode_json(await self.get(user_id, identity=identity), models.LazyUser)

    async def fetch_many(
        self,
        user_ids: Iterable[str | UUID],
        concurrency: int,
        identity: Identifiable | None = None,
        receive: Callable[[str, models.LazyUser | None], None] | None = None,
    ) -> dict[str, models.LazyUser]:
        """Read many users, deleted or not.

        Args:
            user_ids: Ids of the users, UUIDs.
            concurrency: Maximum number of calls at a time, at least 1.
            identity: Whose credentials to send.
            receive: Called with the id and the user as soon as each was read, and with None for a user that the server
                does not know, also if another call fails.

        Returns:
            The users by id, in the order of their ids, without those that the server does not know.

        Raises:
            InvalidArgumentError: An argument is not valid. Nothing was sent.
        """
        names, limit = check_user_ids(user_ids), check_integer("concurrency", concurrency, 1)
        credentials = await self._client.accepted(identify(identity)) if names else identify(identity)
        client = self._client.for_many_calls()

        async def fetch(user_id: str) -> models.LazyUser | None:
            try:
                response = await client.send("GET", USER.format(user_id=user_id), credentials, accept=(410,))
            except NotFoundError:
                user = None
            else:
                user = decode_json(response, models.LazyUser)
            if receive is not None:
                receive(user_id, user)
            return user

        # More at a time would only wait for connections, and calls that are not one of many behind them.
        found = zip(names, await self._gather(fetch, names, min(limit, self._pool_size)), strict=True)
        return {user_id: user for user_id, user in found if user is not None}

    async def page(
        self, query: str | None, limit: int, offset: int, identity: Identifiable | None = None
    ) -> UserListing:
        """Search users by display name.

        Args:
            query: Part of a display name, in any case. None matches every user.
            limit: Maximum number of users to return, at least 0.
            offset: Number of matching users to skip, at least 0.
            identity: Whose credentials to send.

        Returns:
            The matching users, and the number of all matches.
        """
        listing = decode_json(await self.search(query, limit, offset, identity=identity), UserListing)
        if self.receiver is not None and not identify(identity).headers:
            await self.receiver(listing.items)
        return listing

    async def find(self, name: str, identity: Identifiable | None = None) -> models.LazyUser | None:
        """Read the user with a display name.

        Args:
            name: The exact display name.
            identity: Whose credentials to send.

        Returns:
            The first such user, in the order of their registration. None without one.
        """
        pages = self.all_users(check_string("name", name), FOUND_PAGE_SIZE, identity)
        while (users := await pages.next()) is not None:
            for user in users:
                if user.display_name.current.value == name:
                    return user
        return None

    async def caller(self, identity: Identifiable | None = None) -> models.Self:
        """Read who the caller is. Credentials that the server does not accept are those of a guest.

        Args:
            identity: Whose credentials to send.

        Returns:
            The caller, as the server sees them.
        """
        return decode_json(await self.me(identity=identity), models.Self)

    def all_users(
        self, query: str | None, page_size: int, identity: Identifiable | None = None
    ) -> Pages[models.LazyUser]:
        """Return all users that match, page by page. Nothing is sent yet.

        Args:
            query: Part of a display name, in any case. None matches every user.
            page_size: Number of users per request, at least 1.
            identity: Whose credentials to send.

        Returns:
            The pages.
        """
        name, size = check_query(query), check_integer("page_size", page_size, 1)

        async def fetch(offset: int) -> UserListing:
            return await self.page(name, size, offset, identity)

        return Pages(fetch, is_reordered=False)
