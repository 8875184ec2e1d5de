"""Settings: checked at construction, each mistake named."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.clients.abc.clients import ClientABC
from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.keys import HS256Key
from tests.support.fakes import CALLBACK, CLIENT_ID, KEY, SECRET, SETTINGS, FakeAsyncTransport, FakeTransport

if TYPE_CHECKING:
    from eternaltwin.clients.settings import CheckedSettings

CLIENTS = [Eternaltwin, AsyncEternaltwin]


class BytesPath:
    """A path of bytes, as `os.scandir` returns for a folder of bytes."""

    def __fspath__(self) -> bytes:
        return b"/"


def settings(**changes: object) -> CheckedSettings:
    return ClientABC.check({**SETTINGS, **changes})


def refused(changes: dict[str, object], without: str = "") -> ConfigurationError:
    given_settings = {name: value for name, value in {**SETTINGS, **changes}.items() if name != without}
    with pytest.raises(ConfigurationError) as caught:
        ClientABC.check(given_settings, alias="game")
    assert isinstance(caught.value, ValueError)
    assert caught.value.alias == "game"
    assert str(caught.value).startswith("connection 'game': ")
    assert SECRET not in f"{caught.value} {caught.value!r}"
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return caught.value


@pytest.mark.parametrize(
    ("changes", "setting", "message"),
    [
        ({"client_di": "x"}, "client_di", "there is no setting 'client_di': did you mean 'client_id'?"),
        ({"verify": True}, "verify", "did you mean 'verify_ssl'?"),
        ({"CLIENT_ID": "x"}, "CLIENT_ID", "did you mean 'client_id'?"),
        ({"zzzzzz": 1}, "zzzzzz", "the settings are client_id, client_secret"),
        ({"client_id": ""}, "client_id", "not empty"),
        ({"client_id": None}, "client_id", "is missing"),
        ({"client_id": "a:b"}, "client_id", "without control characters or ':'"),
        ({"client_id": "mygame"}, "client_id", "did you mean 'mygame@clients'?"),
        ({"client_id": "MyGame@client"}, "client_id", "did you mean 'mygame@clients'?"),
        ({"client_id": "my-game@clients"}, "client_id", "must be a key such as 'mygame@clients' (2 to 32 lower case"),
        ({"client_id": "9f310484-963b-446b-af69-797feec6813"}, "client_id", "or a UUID"),
        ({"client_secret": "a\r\nb"}, "client_secret", "without control characters"),
        ({"client_secret": b"bytes"}, "client_secret", "not empty"),
        ({"redirect_uri": "/oauth/callback"}, "redirect_uri", "absolute"),
        ({"redirect_uri": "game.example/callback"}, "redirect_uri", "absolute"),
        ({"redirect_uri": "https://game.example/#x"}, "redirect_uri", "without '#'"),
        ({"redirect_uri": "https://game.example/a b"}, "redirect_uri", "without spaces"),
        ({"redirect_uri": "https://game.example:99999/"}, "redirect_uri", "valid host and port"),
        ({"redirect_uri": None}, "redirect_uri", "is missing"),
        ({"state_key": "short"}, "state_key", "at least 32"),
        ({"state_key": None}, "state_key", "is missing"),
        ({"url": "eternaltwin.org"}, "url", "scheme and host"),
        ({"url": "eternaltwin.org:443"}, "url", "scheme and host"),
        ({"url": "ftp://eternaltwin.org"}, "url", "scheme and host"),
        ({"url": "https://"}, "url", "scheme and host"),
        ({"url": "https:///path"}, "url", "scheme and host"),
        ({"url": "https://user:pw@eternaltwin.org"}, "url", "without user name"),
        ({"url": "https://eternaltwin.org/?a=b"}, "url", "query"),
        ({"url": "https://eternaltwin.org?"}, "url", "query"),
        ({"url": "https://eternaltwin.org/#"}, "url", "fragment"),
        ({"url": "https://ĉefa.org/"}, "url", "punycode"),
        ({"url": "https://a b.org/"}, "url", "plain ASCII"),
        ({"url": "https://eternaltwin.org\\evil"}, "url", "plain ASCII"),
        ({"url": "https://[::1"}, "url", "valid host and port"),
        ({"url": "https://eternaltwin.org:0"}, "url", "valid host and port"),
        ({"url": b"https://eternaltwin.org"}, "url", "a URL, such as"),
        ({"public_url": "eternaltwin.org"}, "public_url", "scheme and host"),
        ({"host": "localhost"}, "host", "leave out host, or leave out url"),
        ({"port": 50320}, "port", "leave out port, or leave out url"),
        ({"scheme": "https"}, "scheme", "leave out scheme"),
        ({"prefix": "/et"}, "prefix", "leave out prefix"),
        ({"prefix": "/"}, "prefix", "leave out prefix"),
        ({"scheme": "http"}, "scheme", "leave out scheme"),
        ({"url": None, "host": "localhost", "scheme": []}, "scheme", "'http' or 'https'"),
        ({1: 2}, "1", "there is no setting '1'"),
        ({"url": None, "port": 50320}, "host", "port is set, but host is not"),
        ({"url": None, "host": ""}, "host", "host is set, but host is not"),
        ({"url": None, "host": "a/b"}, "host", "without port or path"),
        ({"url": None, "host": "a:b@c"}, "host", "without port or path"),
        ({"url": None, "host": "localhost", "scheme": "ws"}, "scheme", "'http' or 'https'"),
        ({"url": None, "host": "localhost", "port": "http"}, "port", "from 1 to 65535"),
        ({"url": None, "host": "localhost", "port": "-1"}, "port", "from 1 to 65535"),
        ({"url": None, "host": "localhost", "port": 0}, "port", "from 1 to 65535"),
        ({"url": None, "host": "localhost", "port": True}, "port", "from 1 to 65535"),
        ({"url": None, "host": "localhost", "port": 65536}, "port", "from 1 to 65535"),
        ({"url": None, "host": "localhost", "port": 80.5}, "port", "from 1 to 65535"),
        ({"url": None, "host": "localhost", "port": 10**5000}, "port", "from 1 to 65535"),
        ({"url": None, "host": "localhost", "port": "000001" + "0" * 5000}, "port", "from 1 to 65535"),
        ({"url": None, "host": "localhost", "prefix": 7}, "prefix", "a path"),
        ({"url": None, "host": "localhost", "prefix": "/a?b"}, "prefix", "query"),
        ({"timeout": 0}, "timeout", "positive"),
        ({"timeout": -1}, "timeout", "positive"),
        ({"timeout": float("inf")}, "timeout", "positive"),
        ({"timeout": float("nan")}, "timeout", "positive"),
        ({"timeout": 10**400}, "timeout", "positive"),
        ({"timeout": 10**9 + 1}, "timeout", "positive"),
        ({"timeout": 1e9 + 0.001}, "timeout", "positive"),
        ({"connect_timeout": 10**9 + 1}, "connect_timeout", "positive"),
        ({"pool_size": 1.0}, "pool_size", "at least 1"),
        ({"max_response_size": -1}, "max_response_size", "at least 1"),
        ({"timeout": "5"}, "timeout", "positive"),
        ({"timeout": True}, "timeout", "positive"),
        ({"timeout": None}, "timeout", "positive"),
        ({"connect_timeout": 0}, "connect_timeout", "positive"),
        ({"verify_ssl": "/there/is/no/such/file.pem"}, "verify_ssl", "an existing file"),
        ({"verify_ssl": None}, "verify_ssl", "an existing file"),
        ({"verify_ssl": "x" * 5000}, "verify_ssl", "an existing file"),
        ({"verify_ssl": BytesPath()}, "verify_ssl", "an existing file"),
        ({"allow_redirects": "no"}, "allow_redirects", "True or False"),
        ({"retries": -1}, "retries", "at least 0"),
        ({"retries": 1.5}, "retries", "at least 0"),
        ({"retries": True}, "retries", "at least 0"),
        ({"pool_size": 0}, "pool_size", "at least 1"),
        ({"max_response_size": 0}, "max_response_size", "at least 1"),
        ({"transport": 5}, "transport", "a method send"),
    ],
)
def test_a_wrong_setting_is_named(changes: dict[str, object], setting: str, message: str) -> None:
    error = refused(changes)
    assert error.setting == setting
    assert message in str(error)


@pytest.mark.parametrize("name", ["client_id", "client_secret", "redirect_uri", "state_key"])
def test_a_missing_setting_is_named(name: str) -> None:
    error = refused({}, without=name)
    assert error.setting == name
    assert f"the setting {name!r} is missing" in str(error)


@pytest.mark.parametrize(
    ("given_settings", "missing"),
    [
        ({"client_id": CLIENT_ID}, "'client_secret' is missing, and so are 'redirect_uri', 'state_key'"),
        ({"client_id": CLIENT_ID, "state_key": KEY}, "'client_secret' is missing, and so is 'redirect_uri'"),
        (
            {"client_secret": SECRET, "client_id": None},
            "'client_id' is missing, and so are 'redirect_uri', 'state_key'",
        ),
    ],
)
def test_some_of_the_settings_of_a_client_are_refused_with_what_is_missing(
    given_settings: dict[str, object], missing: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        ClientABC.check({**given_settings, "url": "http://localhost"}, alias="bot")
    assert str(caught.value) == (
        f"connection 'bot': the setting {missing}: set all of client_id, client_secret, redirect_uri and state_key, or"
        " none of them to read only"
    )


@pytest.mark.parametrize("given_settings", [{}, {"url": None}, dict.fromkeys(["client_id", "state_key"])])
def test_settings_without_a_client_only_read(given_settings: dict[str, object]) -> None:
    checked = ClientABC.check(given_settings)
    assert (checked.oauth_client, checked.base_url) == (None, "https://eternaltwin.org")
    assert ClientABC.check(cast("dict[str, object]", checked.as_given())) == checked


@pytest.mark.parametrize("name", ["client_id", "client_secret", "redirect_uri", "state_key"])
def test_settings_without_a_client_name_what_a_sign_in_needs(name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"a sign-in needs client_id, client_secret, redirect_uri and state_"):
        getattr(ClientABC.check({}), name)


@pytest.mark.parametrize(
    ("given_settings", "base_url"),
    [
        ({"url": "http://LOCALHOST:50320/"}, "http://localhost:50320"),
        ({"url": "HTTPS://eternaltwin.org:443"}, "https://eternaltwin.org"),
        ({"url": "http://localhost:80/a/b/"}, "http://localhost/a/b"),
        ({"url": "http://[::1]:50320/"}, "http://[::1]:50320"),
        ({"url": None}, "https://eternaltwin.org"),
        ({"url": None, "host": "localhost"}, "http://localhost"),
        ({"url": None, "host": "localhost", "port": "50320"}, "http://localhost:50320"),
        ({"url": None, "host": "localhost", "port": 443, "scheme": "https"}, "https://localhost"),
        ({"url": None, "host": "::1", "port": 50320, "prefix": "et/"}, "http://[::1]:50320/et"),
        ({"url": None, "host": "[::1]", "prefix": ""}, "http://[::1]"),
    ],
)
def test_addresses_are_normalized(given_settings: dict[str, object], base_url: str) -> None:
    assert settings(**given_settings).base_url == base_url
    assert settings(**given_settings).public_url == base_url


@pytest.mark.parametrize(
    ("given_settings", "setting", "base_url"),
    [
        ({"url": "https://eternaltwin.org/api/v1"}, "url", "https://eternaltwin.org"),
        ({"url": "https://eternaltwin.org/api/v1/"}, "url", "https://eternaltwin.org"),
        ({"url": "http://LOCALHOST:50320/et/api/v1"}, "url", "http://localhost:50320/et"),
        ({"url": None, "host": "localhost", "prefix": "/api/v1/"}, "prefix", "http://localhost"),
    ],
)
def test_the_address_of_the_api_is_taken_as_that_of_the_server_with_a_warning(
    given_settings: dict[str, object], setting: str, base_url: str
) -> None:
    message = f"{setting} is the address of the server, to which /api/v1 is added: write {base_url!r} instead"
    with pytest.warns(UserWarning, match=f"^{message}$"):
        checked = settings(**given_settings)
    assert (checked.base_url, checked.public_url) == (base_url, base_url)


def test_the_public_address_of_the_api_is_taken_as_that_of_the_server_with_a_warning() -> None:
    with pytest.warns(UserWarning, match=r"^public_url is .* write 'http://localhost:50320' instead$"):
        assert settings(public_url="http://localhost:50320/api/v1").public_url == "http://localhost:50320"


@pytest.mark.parametrize("url", ["http://localhost/api/v2", "http://localhost/xapi/v1", "http://api/v1/x"])
def test_other_paths_of_addresses_stay(url: str) -> None:
    assert settings(url=url).base_url == url


def test_the_browser_may_use_another_address() -> None:
    both = settings(url="http://eternaltwin:50320", public_url="http://localhost:50320/")
    assert (both.base_url, both.public_url) == ("http://eternaltwin:50320", "http://localhost:50320")


def test_the_callback_is_unchanged() -> None:
    assert settings(redirect_uri="HTTP://Localhost:80/cb?a=b").redirect_uri == "HTTP://Localhost:80/cb?a=b"


def test_certificates_may_be_a_path() -> None:
    assert settings(verify_ssl=Path(__file__)).verify_ssl == __file__
    assert settings(verify_ssl=__file__).verify_ssl == __file__


def test_settings_may_have_exactly_the_values_of_their_limits() -> None:
    largest = settings(timeout=10**9, connect_timeout=1e9)
    assert (largest.timeout, largest.connect_timeout) == (1e9, 1e9)
    smallest = settings(timeout=5e-324, retries=0, pool_size=1, max_response_size=1)
    assert (smallest.timeout, smallest.retries, smallest.pool_size, smallest.max_response_size) == (5e-324, 0, 1, 1)


def test_connect_timeout_defaults_to_timeout() -> None:
    assert settings(timeout=7).connect_timeout == 7
    assert settings(timeout=7, connect_timeout=0.5).connect_timeout == 0.5


def test_settings_hide_secrets() -> None:
    shown = repr(settings())
    assert SECRET not in shown
    assert "horse" not in shown


@given(st.text(), st.sampled_from(["url", "public_url", "redirect_uri", "host", "prefix", "port"]))
def test_any_string_is_an_address_or_refused(text: str, name: str) -> None:
    base: dict[str, object] = {"host": "localhost", "url": None} if name in ("prefix", "port") else {}
    given_settings = {**SETTINGS, **base, **({"url": None} if name == "host" else {}), name: text}
    try:
        checked = ClientABC.check(given_settings)
    except ConfigurationError as exc:
        wrong_setting = exc.setting
    else:
        wrong_setting = name
        assert ClientABC.check({**SETTINGS, "url": checked.base_url}).base_url == checked.base_url
    assert wrong_setting in (name, "host")


@given(st.dictionaries(st.text(max_size=20), st.none() | st.integers() | st.text()))
def test_any_mapping_is_settings_or_refused(mapping: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError):
        ClientABC.check({**mapping, "client_id": ""})


@pytest.mark.parametrize("client_class", CLIENTS)
def test_constructors_check_at_once(client_class: type[ClientABC]) -> None:
    make: Any = client_class
    with pytest.raises(ConfigurationError, match="'redirect_uri' is missing"):
        make(CLIENT_ID, SECRET)
    with pytest.raises(ConfigurationError, match="did you mean 'timeout'"):
        make(CLIENT_ID, SECRET, CALLBACK, KEY, time_out=5)
    with pytest.raises(ConfigurationError, match="'client_id' is given twice"):
        make(CLIENT_ID, SECRET, CALLBACK, KEY, client_id=CLIENT_ID)
    with pytest.raises(ConfigurationError, match="only client_id, client_secret, redirect_uri, state_key can be"):
        make(CLIENT_ID, SECRET, CALLBACK, KEY, "http://localhost")


@pytest.mark.parametrize("client_class", CLIENTS)
def test_clients_with_equal_settings_are_equal(client_class: type[Eternaltwin | AsyncEternaltwin]) -> None:
    one = client_class(CLIENT_ID, SECRET, CALLBACK, KEY, url="http://localhost:50320")
    two = client_class(
        CLIENT_ID,
        SECRET,
        CALLBACK,
        HS256Key(b"correct horse battery staple, four words"),
        host="localhost",
        port="50320",
    )
    other = client_class(CLIENT_ID, SECRET, CALLBACK, KEY, url="http://localhost:50320", timeout=6)
    assert one == two
    assert hash(one) == hash(two)
    assert one != other
    assert one != SETTINGS
    assert SECRET not in repr(one)


def test_sync_and_async_clients_differ() -> None:
    assert Eternaltwin(CLIENT_ID, SECRET, CALLBACK, KEY) != AsyncEternaltwin(CLIENT_ID, SECRET, CALLBACK, KEY)


@pytest.mark.parametrize("client_class", CLIENTS)
def test_a_client_shows_its_settings(client_class: type[Eternaltwin | AsyncEternaltwin]) -> None:
    client = client_class(CLIENT_ID, SECRET, CALLBACK, KEY, public_url="http://localhost:50320/et")
    assert client.client_id == CLIENT_ID
    assert client.redirect_uri == CALLBACK
    assert client.state_key == KEY
    assert client.url == "https://eternaltwin.org/"
    assert client.public_url == "http://localhost:50320/et/"


def test_the_constructors_have_the_documented_parameters() -> None:
    names = [
        *("client_id", "client_secret", "redirect_uri", "state_key", "url", "scheme", "host", "port", "prefix"),
        *("timeout", "verify_ssl", "allow_redirects"),
    ]
    defaults = [None] * 4 + [None, "http", None, None, "/", 5, True, False]
    for client_class in CLIENTS:
        parameters = inspect.signature(client_class).parameters
        assert [parameters[name].default for name in names] == defaults
        for name in names[4:]:
            assert parameters[name].kind is inspect.Parameter.KEYWORD_ONLY


def test_a_transport_of_the_other_variant_is_refused() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Eternaltwin(CLIENT_ID, SECRET, CALLBACK, KEY, transport=FakeAsyncTransport())
    assert (str(caught.value), caught.value.setting) == ("transport is one for the asyncio client", "transport")
    with pytest.raises(ConfigurationError) as caught:
        AsyncEternaltwin(CLIENT_ID, SECRET, CALLBACK, KEY, transport=FakeTransport())
    assert (str(caught.value), caught.value.setting) == ("transport is one for the sync client", "transport")
