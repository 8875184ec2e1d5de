"""The documentation site: built without a warning, complete, and usable in a browser."""

from __future__ import annotations

import functools
import http.server
import re
import subprocess
import sys
import threading
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest

from eternaltwin import __version__
from tests.support.accessibility import check_page
from tests.support.browsers import chromium
from tests.support.definitions import exported
from tests.support.programs import ROOT
from tests.test_imports import PUBLIC
from tools.site.source import read_sections

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page, Request

#: Whether the site can be built is known after some ten seconds.
pytestmark = pytest.mark.long

#: Pages of each kind: the start, a guide with code, one with tables, and one of the reference.
LOOKED_AT = ["", "getting-started/", "migrating/", "reference/eternaltwin.tokens/", "404.html"]


class _Targets(HTMLParser):
    """Collects what a page links to, and what can be linked to in it."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        for name, value in attrs:
            if name in ("href", "src") and value is not None:
                self.links.append(value)
            elif name == "id" and value is not None:
                self.anchors.add(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site, and return the folder of its version."""
    folder = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "tools.site",
        "--output",
        str(folder),
        "--work",
        str(tmp_path_factory.mktemp("work")),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f'url={__version__}/"' in (folder / "index.html").read_text(encoding="utf-8")
    return folder / __version__


@pytest.fixture(scope="module")
def url(site: Path) -> Iterator[str]:
    """Serve the site."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Log nothing."""
            del code, size

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(site.parent)))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/{__version__}/"
    server.shutdown()
    thread.join()
    server.server_close()


def parsed(file: Path) -> _Targets:
    targets = _Targets()
    targets.feed(file.read_text(encoding="utf-8"))
    return targets


def test_the_navigation_has_every_page_and_every_public_module() -> None:
    paths = [page.path for section in read_sections() for page in section.pages]
    guides = {path.relative_to(ROOT / "docs").as_posix() for path in ROOT.glob("docs/**/*.md")}
    assert sorted(set(paths)) == sorted(paths)
    assert {*paths} >= {*guides, *(f"reference/{module}.md" for module in PUBLIC)}


def test_no_link_is_broken_and_nothing_comes_from_another_host(site: Path) -> None:
    root = site.parent
    pages = {file.relative_to(root).as_posix(): parsed(file) for file in root.rglob("*.html")}
    broken: list[str] = []
    for path, page in pages.items():
        for link in page.links:
            target, anchor = urldefrag(urljoin(f"/{path}", link))
            if urlsplit(link).scheme in ("https", "http", "data", "mailto"):
                continue
            name = unquote(target).lstrip("/")
            name += "index.html" if name.endswith("/") or not name else ""
            found = pages.get(name)
            if not (root / name).is_file() or (anchor and found is not None and unquote(anchor) not in found.anchors):
                broken.append(f"{path}: {link}")
    assert broken == []
    assert len(pages) > 80


def test_the_reference_shows_every_public_callable_with_its_sections(site: Path) -> None:
    shown = {name: parsed(site / "reference" / name / "index.html").anchors for name in PUBLIC}
    missing = [
        f"{module}.{name}"
        for module in PUBLIC
        for name in exported(module) or ()
        if name not in ("__version__", "UNSET")
    ]
    missing = [name for name in missing if name not in shown[name.rpartition(".")[0]]]
    assert missing == []
    users = (site / "reference/eternaltwin.users/index.html").read_text(encoding="utf-8")
    for name in ("search", "asearch"):
        section = users.partition(f'id="eternaltwin.users.User.{name}"')[2].partition('<div class="doc doc-object')[0]
        for words in ("Parameters:", "Returns:", "Raises:", "Examples:", "UnsupportedByServerError", "Zoltan"):
            assert words in section


def test_pages_show_no_comment_of_the_tests(site: Path) -> None:
    for file in [*site.rglob("*.html"), *site.rglob("*.md"), site / "llms-full.txt"]:
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"<!-- (check|skip|run|test)|```python \w+=", text), file


def test_programs_can_read_the_pages_as_text(site: Path) -> None:
    index = (site / "llms.txt").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([\w/.-]+\.md)\)", index)
    assert {"login.md", "django.md", "changelog.md"} <= {*links}
    full = (site / "llms-full.txt").read_text(encoding="utf-8")
    assert all((site / link).read_text(encoding="utf-8") in full for link in links)


def test_each_page_has_what_readers_and_social_networks_need(site: Path) -> None:
    page = ""
    for name, edited in {"login": "docs/login.md", "reference/eternaltwin.users": "src/eternaltwin/users.py"}.items():
        page = (site / name / "index.html").read_text(encoding="utf-8")
        assert f'/edit/main/{edited}" title="Edit this page"' in page
        for each in ("og:title", "og:description", "og:image", "og:url"):
            assert re.search(rf'<meta property="{each}" content="[^"]+">', page), each
        image = re.search(r'og:image" content="[^"]*?/(images/[^"]+)"', page)
        assert image
        assert (site / image[1]).is_file()


def test_pictures_follow_the_colors_of_the_reader(site: Path) -> None:
    page = (site / "getting-started/index.html").read_text(encoding="utf-8")
    assert {"sign-in.png#only-light", "sign-in-dark.png#only-dark"} <= {*re.findall(r'src="[^"]*/([^"/]+)"', page)}


def test_the_errors_are_a_tree_of_links(site: Path) -> None:
    page = (site / "reference/eternaltwin.exceptions/index.html").read_text(encoding="utf-8")
    tree = page.partition("<ul>")[2].partition("eternaltwin.exceptions.AuthorizationError")[0]
    for name in ("EternalTwinError", "RequestError", "LoginReplayedError"):
        assert re.search(rf'<a [^>]*href="(?:./)?#eternaltwin.exceptions.{name}"', tree), name
    assert tree.count("<ul>") - tree.count("</ul>") >= 2


@pytest.mark.browser
def test_no_page_has_a_fault_and_the_search_works_without_another_host(url: str) -> None:
    def check(request: Request) -> None:
        if not request.url.startswith((url.removesuffix(f"{__version__}/"), "data:", "blob:")):
            elsewhere.append(request.url)

    elsewhere: list[str] = []
    with chromium() as browser:
        page = browser.new_page(reduced_motion="reduce")
        page.on("request", check)
        for path in LOOKED_AT:
            page.goto(url + path)
            check_page(page)
        search(page, url)
    assert elsewhere == []


def search(page: Page, url: str) -> None:
    """Search the site as a reader does."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(url)
    page.get_by_role("button", name="Search").first.click()
    page.get_by_role("combobox", name="Search").fill("redirect_uri")
    page.get_by_role("option", name="redirect_uri", selected=True).wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("redirect_uri"))
    assert "redirect_uri" in page.locator(":target").first.inner_text()
