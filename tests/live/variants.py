"""A common interface of the library's two variants, so that a test is written once and runs in both."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.users import User

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator, Mapping
    from contextlib import AbstractContextManager

    from eternaltwin.responses import Response
    from eternaltwin.tokens import Token
    from tests.live.target import Settings


T = TypeVar("T")


class Variant(Protocol):
    """The calls of the library, as sync functions."""

    def start(self, scope: str = "base") -> tuple[str, str]:
        """`User.start_authorization`."""
        ...

    def finish(self, code: str, state: str, expected_state: str | None = None) -> User:
        """`User.from_authorization_code`."""
        ...

    def from_token(self, token: Token | str) -> User:
        """`User.from_token`."""
        ...

    def get(self, user_id: str) -> User:
        """`User.get`."""
        ...

    def search(self, query: str | None = None, limit: int = 20, offset: int = 0) -> list[User]:
        """`User.search`."""
        ...

    def count(self, query: str | None = None) -> int:
        """`User.count`."""
        ...

    def iterate(self, query: str | None, page_size: int) -> list[User]:
        """Return all users of `User.iterate`."""
        ...

    def token(self, code: str) -> Token:
        """`Eternaltwin.token`."""
        ...

    def me(self, token: Token | str | None) -> Response:
        """`Eternaltwin.users.me`."""
        ...

    def get_endpoint(self, endpoint: str) -> Response:
        """`Eternaltwin.get`, which returns error responses as well."""
        ...

    def call(self, owner: object, name: str, *args: object, **kwargs: object) -> Any:
        """Call a function of a module, a class or an object, over the connection."""
        ...

    def collect(self, owner: object, name: str, *args: object, **kwargs: object) -> list[Any]:
        """Return all items of an iteration."""
        ...


class SyncVariant:
    """The sync variant."""

    def __init__(self, client: Eternaltwin) -> None:
        self._client = client

    def start(self, scope: str = "base") -> tuple[str, str]:
        return User.start_authorization(using=self._client, scope=scope)

    def finish(self, code: str, state: str, expected_state: str | None = None) -> User:
        return User.from_authorization_code(code, state, expected_state, using=self._client)

    def from_token(self, token: Token | str) -> User:
        return User.from_token(token, using=self._client)

    def get(self, user_id: str) -> User:
        return User.get(user_id, using=self._client)

    def search(self, query: str | None = None, limit: int = 20, offset: int = 0) -> list[User]:
        return User.search(query, limit, offset, using=self._client)

    def count(self, query: str | None = None) -> int:
        return User.count(query, using=self._client)

    def iterate(self, query: str | None, page_size: int) -> list[User]:
        return list(User.iterate(query, page_size, using=self._client))

    def token(self, code: str) -> Token:
        return self._client.token(code)

    def me(self, token: Token | str | None) -> Response:
        return self._client.users.me(token)

    def get_endpoint(self, endpoint: str) -> Response:
        return self._client.get(endpoint, raise_on_error=False)

    def call(self, owner: object, name: str, *args: object, **kwargs: object) -> Any:
        return getattr(owner, name)(*args, using=self._client, **kwargs)

    def collect(self, owner: object, name: str, *args: object, **kwargs: object) -> list[Any]:
        return list(self.call(owner, name, *args, **kwargs))


class AsyncVariant:
    """The async variant, on its own event loop."""

    def __init__(self, client: AsyncEternaltwin, runner: asyncio.Runner) -> None:
        self._client = client
        self._runner = runner

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(coroutine)

    def start(self, scope: str = "base") -> tuple[str, str]:
        return User.start_authorization(using=self._client, scope=scope)

    def finish(self, code: str, state: str, expected_state: str | None = None) -> User:
        return self._run(User.afrom_authorization_code(code, state, expected_state, using=self._client))

    def from_token(self, token: Token | str) -> User:
        return self._run(User.afrom_token(token, using=self._client))

    def get(self, user_id: str) -> User:
        return self._run(User.aget(user_id, using=self._client))

    def search(self, query: str | None = None, limit: int = 20, offset: int = 0) -> list[User]:
        return self._run(User.asearch(query, limit, offset, using=self._client))

    def count(self, query: str | None = None) -> int:
        return self._run(User.acount(query, using=self._client))

    def iterate(self, query: str | None, page_size: int) -> list[User]:
        async def collect() -> list[User]:
            return [user async for user in User.aiterate(query, page_size, using=self._client)]

        return self._run(collect())

    def token(self, code: str) -> Token:
        return self._run(self._client.token(code))

    def me(self, token: Token | str | None) -> Response:
        return self._run(self._client.users.me(token))

    def get_endpoint(self, endpoint: str) -> Response:
        return self._run(self._client.get(endpoint, raise_on_error=False))

    def call(self, owner: object, name: str, *args: object, **kwargs: object) -> Any:
        return self._run(getattr(owner, f"a{name}")(*args, using=self._client, **kwargs))

    def collect(self, owner: object, name: str, *args: object, **kwargs: object) -> list[Any]:
        async def gather() -> list[Any]:
            return [item async for item in getattr(owner, f"a{name}")(*args, using=self._client, **kwargs)]

        return self._run(gather())


@contextmanager
def connect_sync(settings: Settings) -> Generator[Variant]:
    """Connect the sync variant."""
    with Eternaltwin(**settings) as client:
        yield SyncVariant(client)


@contextmanager
def connect_asyncio(settings: Settings) -> Generator[Variant]:
    """Connect the async variant, and close its client at the end."""
    client = AsyncEternaltwin(**settings)
    with asyncio.Runner() as runner:
        yield AsyncVariant(client, runner)
        runner.run(client.close())


VARIANTS: Mapping[str, Callable[[Settings], AbstractContextManager[Variant]]] = {
    "asyncio": connect_asyncio,
    "sync": connect_sync,
}
