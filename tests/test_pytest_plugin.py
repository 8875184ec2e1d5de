"""The fixtures that games' tests get, in runs of pytest of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

pytest_plugins = ["pytester"]

SIGN_IN = """
    import asyncio

    from eternaltwin import User

    def test_sign_in(eternaltwin_server, eternaltwin_connection, eternaltwin_user):
        zoe = eternaltwin_user("zoe", is_administrator=True)
        code, state = eternaltwin_server.authorization_code(zoe, eternaltwin_connection)
        assert User.from_authorization_code(code, state, state) == zoe
        assert asyncio.run(User.aget(zoe.identifier)).username == "Zoe"
        assert zoe.is_administrator and zoe.created_at and not zoe.deleted_at
        assert User.count("zoe") == 1

    def test_the_server_is_reset_before_each_test(eternaltwin_server, eternaltwin_connection):
        assert User.count("zoe") == 0
        assert [request.path for request in eternaltwin_server.requests] == ["/api/v1/users"]
"""


def passed(pytester: pytest.Pytester, *, count: int, **files: str) -> None:
    pytester.makepyfile(**files)
    pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:cacheprovider").assert_outcomes(passed=count)


def test_a_game_signs_players_in_over_a_socket(pytester: pytest.Pytester) -> None:
    passed(pytester, count=2, test_game=SIGN_IN)


def test_a_game_signs_players_in_without_a_socket(pytester: pytest.Pytester) -> None:
    conftest = """
        import pytest

        @pytest.fixture(scope="session")
        def eternaltwin_server_settings():
            return {"in_process": True}
    """
    passed(pytester, count=2, test_game=SIGN_IN, conftest=conftest)


def test_a_game_with_a_callback_of_its_own(pytester: pytest.Pytester) -> None:
    game = """
        import pytest

        @pytest.fixture(scope="session")
        def eternaltwin_server_settings():
            app = {"oauth_callback": "https://mygame.example/callback", "secret": "hush"}
            return {"config": {"seed": {"app": {"mygame": app}}}, "api_version": "0.16.4"}

        @pytest.fixture(scope="session")
        def eternaltwin_game():
            return "mygame"

        def test_the_connection_is_for_the_game(eternaltwin_connection):
            assert eternaltwin_connection.client_id == "mygame@clients"
            assert eternaltwin_connection.redirect_uri == "https://mygame.example/callback"
    """
    passed(pytester, count=1, test_game=game)


def test_what_was_configured_before_comes_back(pytester: pytest.Pytester) -> None:
    conftest = """
        from eternaltwin import configure

        configure(default={
            "client_id": "before", "client_secret": "s", "redirect_uri": "http://x/y", "state_key": "k" * 32,
        })
    """
    tests = """
        from eternaltwin.connections import async_connections, connections

        def test_during(eternaltwin_connection):
            assert connections["default"].client_id != "before"
            assert async_connections["default"].client_id == connections["default"].client_id

        def test_after():
            assert connections["default"].client_id == "before"
            assert async_connections["default"].client_id == "before"
    """
    passed(pytester, count=2, test_order=tests, conftest=conftest)


def test_one_server_serves_all_tests(pytester: pytest.Pytester) -> None:
    tests = """
        import pytest

        urls = set()

        @pytest.mark.parametrize("number", range(3))
        def test_url(eternaltwin_server, number):
            urls.add(eternaltwin_server.url)
            assert len(urls) == 1
    """
    passed(pytester, count=3, test_urls=tests)


def test_without_the_extra_the_fixture_says_what_to_install(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        conftest="""
            import sys

            sys.modules["litestar"] = None
        """,
        test_game="""
            def test_server(eternaltwin_server):
                pass
        """,
    )
    result = pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:cacheprovider")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(['*pip install "eternaltwin[[]server]"*'])


def test_the_plugin_loads_nothing_until_it_is_used(pytester: pytest.Pytester) -> None:
    tests = """
        import sys

        def test_modules():
            assert not {"litestar", "urllib3", "aiohttp", "msgspec", "jwt"} & sys.modules.keys()
    """
    passed(pytester, count=1, test_modules=tests)
