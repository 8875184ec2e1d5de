"""Users, as the API knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin import models
from eternaltwin.clients.auth import either
from eternaltwin.clients.endpoints import SELF, USER, USERS
from eternaltwin.clients.http.sender import Request, checked
from eternaltwin.clients.validation.arguments import check_query, check_uuid, check_whole
from eternaltwin.exceptions import GoneError, UnsupportedByServerError
from eternaltwin.responses import decode_json

if TYPE_CHECKING:
    from uuid import UUID

    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.clients.http.sender import Send
    from eternaltwin.responses import Response
    from eternaltwin.tokens import Token

UserPage = models.Listing[models.User]


class UsersApi:
    """The calls about users; `me`, `get` and `search` answer what the server answered."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def me(self, token: Token | str | None = None, *, identity: Identifiable | None = None) -> Response:
        """Who is asking: `GET /api/v1/auth/self`."""
        who = either(token, identity)
        return await checked(self._send, Request(method="GET", endpoint=SELF, headers=who.headers, secrets=who.secrets))

    async def get(
        self, user_id: str | UUID, token: Token | str | None = None, *, identity: Identifiable | None = None
    ) -> Response:
        """One user: `GET /api/v1/users/{id}`; 410 with the same body is the answer for a deleted one."""
        who = either(token, identity)
        endpoint = USER.format(user_id=check_uuid(user_id))
        request = Request(method="GET", endpoint=endpoint, headers=who.headers, secrets=who.secrets)
        try:
            return await checked(self._send, request)
        except GoneError as exc:
            return exc.response

    async def search(
        self,
        query: str | None = None,
        limit: int = 20,
        offset: int = 0,
        token: Token | str | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Response:
        """A page of users: `GET /api/v1/users`."""
        who = either(token, identity)
        found = check_query(query)
        fields = (
            *(() if found is None else (("q", found),)),
            ("limit", str(check_whole("limit", limit, 0))),
            ("offset", str(check_whole("offset", offset, 0))),
        )
        try:
            return await checked(
                self._send,
                Request(method="GET", endpoint=USERS, query=fields, headers=who.headers, secrets=who.secrets),
            )
        except UnsupportedByServerError as exc:
            refused = exc.response
        raise UnsupportedByServerError(
            refused,
            f"{refused.url} does not list users: Eternaltwin 0.16.4 and older cannot, newer versions can."
            " Get users one by one, or use the development server",
        )

    async def fetch(self, user_id: str | UUID, identity: Identifiable | None = None) -> models.User:
        """One user, deleted or not."""
        return decode_json(await self.get(user_id, identity=identity), models.User)

    async def page(self, query: str | None, limit: int, offset: int, identity: Identifiable | None = None) -> UserPage:
        """A page of users."""
        return decode_json(await self.search(query, limit, offset, identity=identity), UserPage)


class UserPages:
    """All users that match, page by page; each once, even when users are added meanwhile.

    The server lists users in the order of their creation, so new ones come last.
    """

    def __init__(self, api: UsersApi, query: str | None, page_size: int, identity: Identifiable | None = None) -> None:
        self._api = api
        self._query = check_query(query)
        self._page_size = check_whole("page_size", page_size, 1)
        self._identity = identity
        self._offset = 0
        self._seen: set[UUID] = set()
        self._is_done = False

    async def next(self) -> list[models.User] | None:
        """The users of the next page that have not been seen yet; None after the last page."""
        if self._is_done:
            return None
        page = await self._api.page(self._query, self._page_size, self._offset, self._identity)
        fresh = {user.id: user for user in page.items if user.id not in self._seen}
        self._seen.update(fresh)
        self._offset += len(page.items)
        # Users who come to match meanwhile push known ones onto later pages, each of them once or so; from a
        # server that ignores the offset, known ones would come for ever.
        known_again = self._offset - len(self._seen)
        is_stuck = not page.items or known_again > 2 * len(self._seen) + len(page.items)
        self._is_done = is_stuck or self._offset >= page.count
        return list(fresh.values())
