"""Takes the pictures of `docs/images` again, `make screenshots`.

The example games and the development server run as their commands start them, in a real browser. The dark variant of
`sign-in.png` is `sign-in-dark.png`. The games look the same in both.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from playwright.sync_api import sync_playwright

from tools.site.source import ROOT

if TYPE_CHECKING:
    from collections.abc import Generator

    from playwright.sync_api import Browser, Page

GAMES = ("django", "fastapi", "flask")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTH = 1100

#: Who plays in the pictures: a player of the examples who has not thrown the dice today.
PLAYER = "Grymwald"

_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")

_TERMINAL = """<!doctype html><meta name="color-scheme" content="light dark">
<style>
  body {{ margin: 0; background: light-dark(#f6f6fa, #15151d); color: light-dark(#20202c, #e8e8f2); }}
  pre {{ margin: 0; padding: 1rem; font: 11px/1.6 monospace; white-space: pre-wrap; }}
</style><pre><b>$ {command}</b>
{output}</pre>"""


class Pictures:
    """Takes pictures with a browser, in one color scheme.

    Args:
        browser: The browser.
        folder: Where the pictures are written.
        scheme: The colors that the reader prefers.
    """

    def __init__(self, browser: Browser, folder: Path, scheme: Literal["light", "dark"]) -> None:
        self._folder = folder
        self._suffix = "-dark" if scheme == "dark" else ""
        self._context = browser.new_context(
            color_scheme=scheme, viewport={"width": WIDTH, "height": 700}, reduced_motion="reduce"
        )
        self.page: Page = self._context.new_page()

    def take(self, name: str, height: int) -> None:
        """Write a picture of the top of the page that is open.

        Args:
            name: Its name, without the suffix.
            height: Its height in pixels.
        """
        self.page.set_viewport_size({"width": WIDTH, "height": height})
        self.page.mouse.move(0, 0)
        self.page.screenshot(path=self._folder / f"{name}{self._suffix}.png")

    def take_once(self, name: str, height: int) -> None:
        """Write a picture of a page that looks the same in dark, if this is light.

        Args:
            name: Its name.
            height: Its height in pixels.
        """
        if not self._suffix:
            self.take(name, height)

    def close(self) -> None:
        """Close the page, and forget its cookies."""
        self._context.close()


def take_game(pictures: Pictures, game: str, url: str) -> None:
    """Take the pictures of a game: before the sign-in, the sign-in page, and the game afterwards."""
    page = pictures.page
    page.goto(url)
    pictures.take_once(f"{game}-game-guest", 860)
    page.get_by_role("button", name="Sign in with Eternaltwin").click()
    page.wait_for_url("**/login?**")
    if game == "flask":
        pictures.take("sign-in", 760)
    page.locator("button.player", has_text=PLAYER).click()
    page.wait_for_url(f"{url}/**")
    page.get_by_role("button", name="Throw the dice").click()
    pictures.take_once(f"{game}-game", 860)


def take_text(pictures: Pictures, name: str, command: str, output: str) -> None:
    """Take a picture of a command and of what it printed."""
    pictures.page.goto("about:blank")  # the policy of the page before would refuse the styles
    pictures.page.set_content(_TERMINAL.format(command=escape(command), output=escape(output)))
    pictures.take(name, 100)
    pictures.take(name, int(pictures.page.evaluate("document.querySelector('pre').offsetHeight")))


def examined(eternaltwin: str) -> str:
    """Return what `eternaltwin doctor` prints about a game whose secret is wrong."""
    settings = {
        "ETERNALTWIN_URL": eternaltwin,
        "ETERNALTWIN_CLIENT_ID": "kingdom_dev@clients",
        "ETERNALTWIN_CLIENT_SECRET": "not the secret",
        "ETERNALTWIN_REDIRECT_URI": "http://localhost:8000/oauth/callback",
        "ETERNALTWIN_STATE_KEY": "at least 32 random bytes that only your game knows",
    }
    command = [sys.executable, "-m", "eternaltwin", "doctor"]
    done = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=False)
    return "\n".join(line.rstrip() for line in done.stdout.splitlines())


@contextmanager
def running(game: str) -> Generator[tuple[str, str]]:
    """Run an example game with its own command, and yield its URL and that of its Eternaltwin."""
    port, eternaltwin = _free_port(), _free_port()
    options = ["--port", str(port), "--eternaltwin-port", str(eternaltwin)]
    process = subprocess.Popen(
        [sys.executable, "-m", f"examples.{game}_game", *options], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    try:
        _wait_for(port, process)
        yield f"http://localhost:{port}", f"http://127.0.0.1:{eternaltwin}"
    finally:
        process.send_signal(signal.SIGINT)  # as Ctrl-C, so that it stops what it has started
        process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            socket.create_connection(("localhost", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(process.returncode)


def take_all(folder: Path) -> None:
    """Take all pictures.

    Args:
        folder: Where they are written.
    """
    program = next(filter(None, map(shutil.which, _BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for game in GAMES:
            for scheme in SCHEMES:
                pictures = Pictures(browser, folder, scheme)
                with running(game) as (url, eternaltwin):
                    take_game(pictures, game, url)
                    if game == "flask":
                        pictures.page.goto(eternaltwin)
                        pictures.take("development-server", 860)
                        take_text(pictures, "doctor", "eternaltwin doctor", examined(eternaltwin))
                pictures.close()
        browser.close()


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(
        "python -m tools.site.screenshots", description="Take the pictures of docs/images."
    )
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "images", help="the folder (docs/images)")
    take_all(parser.parse_args().output)


if __name__ == "__main__":
    main()
