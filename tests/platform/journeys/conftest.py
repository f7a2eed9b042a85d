"""A demonstration site of its own behind a real server, and a browser before it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = os.environ.get("KEQIAO_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
PASSWORD = "Keqiao-Demo-2026"
#: Where the pictures of the walks go; nowhere where empty.
SHOTS = os.environ.get("KEQIAO_SHOTS", "")



def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder drive a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _environment(home: Path) -> dict[str, str]:
    settings = Path(__file__).parents[1] / "operating" / "settings"
    kept = {name: value for name, value in os.environ.items() if name not in ("KEQIAO_DATABASE_URL", "KEQIAO_PARENT")}
    return {**kept, "KEQIAO_HOME": str(home), "DJANGO_SETTINGS_MODULE": "site_settings", "PYTHONPATH": str(settings), "LC_ALL": "zh_CN.UTF-8"}


_LOAD = """
from keqiao.platform.operating.starting import ready
ready()
from keqiao.platform.operating.demo import load
load(enterprises=int({count}))
"""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running site with the demonstration of 200 enterprises loaded."""
    home = tmp_path_factory.mktemp("site") / "home"
    environment = _environment(home)
    for command in (["-m", "keqiao", "site", "init", "--demo"], ["-c", _LOAD.format(count=200)]):
        done = subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, encoding="utf-8", timeout=600)
        assert done.returncode == 0, done.stdout + done.stderr
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "keqiao", "site", "serve", "--port", "0"], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, encoding="utf-8",
    )  # fmt: skip
    try:
        assert process.stdout is not None
        found = next((hit for line in process.stdout if (hit := re.search(r"http://[\d.:]+", line))), None)
        assert found is not None, "the server did not start"
        yield found[0]
    finally:
        process.terminate()
        process.communicate()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; the tests are skipped where it or Playwright is missing."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install playwright")
    if not CHROMIUM:
        pytest.skip("no Chromium: apt install chromium fonts-noto-cjk, or name one in KEQIAO_CHROMIUM")
    with playwright.sync_playwright() as running:
        made = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Open a page of the site as a user: ``visit("zone")``; without a name as a visitor. What the console reports fails the test."""
    contexts, wrong = [], []

    def enter(username: str = "", width: int = 1366, height: int = 900) -> Page:
        context = browser.new_context(base_url=site, viewport={"width": width, "height": height}, locale="zh-CN", accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: wrong.append(f"{page.url}: {message.text}") if message.type == "error" and not _expected(message.text) else None)
        page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
        if username:
            log_in(page, username)
        return page

    yield enter
    for context in contexts:
        context.close()
    assert not wrong, "\n".join(wrong)


def _expected(text: str) -> bool:
    """An answer of 401 to 422 is shown to the user as a sentence; the console names it as well."""
    return bool(re.search(r"status of 4(01|03|04|09|22)", text))


def log_in(page: Page, username: str) -> None:
    """Through the login page, as a person does."""
    page.goto("/login")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)


@pytest.fixture
def shoot() -> Callable[[Page, str], None]:
    """Keep a picture of the page where KEQIAO_SHOTS names a folder, for the walks in the docs."""

    def take(page: Page, name: str) -> None:
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)

    return take


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """What axe finds wrong on a page: rule, impact and the first element of each."""
    module = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")

    def run(page: Page) -> list[str]:
        # the page's own policy forbids foreign scripts, so axe is put into the page by the browser's debugger
        found: dict[str, Any] = module.Axe().run(page).response
        return [f"{v['id']} ({v['impact']}): {v['nodes'][0]['target']} {v['nodes'][0]['failureSummary'][:160]}" for v in found["violations"]]

    return run
