"""The SolaraViz app in a real browser: it loads, steps, draws what it stepped to, takes new settings.

Nothing it loads comes from outside.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("solara", reason="tests of the app run in .venv-viz; call `make test-mesa`")

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
OPTIONS = (
    "headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
    "disable-component-update", "disable-sync", "window-size=1500,1200",
)  # fmt: skip
PATIENCE = 60.0  # seconds; the machine may be busy, but the model is compiled by then
PICTURES = """
const done = arguments[arguments.length - 1];
const read = image => fetch(image.src).then(answer => answer.blob()).then(blob => new Promise(resolve => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.readAsDataURL(blob);
}));
Promise.all([...document.querySelectorAll("img[src^=blob]")].map(read)).then(done, () => done([]));
"""

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER),
    reason="the app is NOT TESTED, for want of a browser: apt install chromium chromium-driver",
)


def wait[T](what: str, condition: Callable[[], T]) -> T:
    """What the condition gives, as soon as it is something."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.1)
    pytest.fail(f"waited {PATIENCE:g} s in vain: {what}")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app, served on a free port of the loopback address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("solara")
    command = [str(Path(sys.executable).with_name("solara")), "run", "sim.mesa.viz", "--no-open"]
    command += ["--no-check-version", "--host", "127.0.0.1", "--port", str(port)]
    environment = {**os.environ, "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False"}
    log = folder / "log"
    with log.open("w") as output:
        server = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        wait("the server answers", lambda: server.poll() is not None or answers(port))
        assert server.poll() is None, log.read_text()
        yield f"http://127.0.0.1:{port}/"
        assert server.poll() is None, log.read_text()
        assert "Traceback" not in log.read_text(), log.read_text()
    finally:
        server.terminate()
        server.wait(20)


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


class App:
    """The page as somebody sees it who looks and clicks."""

    def __init__(self, browser: webdriver.Chrome) -> None:
        self.browser = browser

    def text(self) -> str:
        return self.browser.find_element(By.TAG_NAME, "body").text

    def time(self) -> float | None:
        found = re.search(r"Time: ([\d.]+)", self.text())
        return float(found[1]) if found else None

    def pictures(self) -> list[str]:
        """Content of the map and of the plots."""
        found: list[str] = self.browser.execute_async_script(PICTURES)
        return found

    def click(self, label: str) -> None:
        for button in self.browser.find_elements(By.TAG_NAME, "button"):
            if button.text.strip().lower() == label:
                return button.click()
        pytest.fail(f"no button {label} in {self.text()}")

    def settled(self, quarters: float, before: list[str]) -> list[str]:
        """Both pictures once the app is at that time and neither is as before."""
        wait(f"time {quarters}", lambda: self.time() == quarters)

        def drawn_again() -> list[str]:
            now = self.pictures()
            changed = len(now) == 2 and not set(now) & set(before)
            return now if changed else []

        first = wait("new pictures", drawn_again)
        time.sleep(0.3)
        last = self.pictures()
        assert last == first
        self.check_errors()
        return last

    def step(self, quarters: int, before: list[str]) -> list[str]:
        """Click so many times; the pictures after the last one."""
        start = self.time()
        assert start is not None
        for number in range(1, quarters + 1):
            self.click("step")
            before = self.settled(start + number, before)
        return before

    def choose(self, label: str, value: str) -> None:
        field = self.browser.find_element(By.XPATH, f"//label[text()='{label}']/..")
        field.click()
        item = f"//div[contains(@class, 'menuable__content__active')]//div[text()='{value}']"
        wait(value, lambda: self.browser.find_elements(By.XPATH, item))[0].click()
        wait(f"{value} chosen", lambda: value in field.text)

    def check_errors(self) -> None:
        alerts = [alert.text for alert in self.browser.find_elements(By.CSS_SELECTOR, ".v-alert")]
        assert alerts == []
        assert "Traceback" not in self.text()
        severe = [entry for entry in self.browser.get_log("browser") if entry["level"] == "SEVERE"]
        assert severe == []


@pytest.fixture
def app(address: str, tmp_path: Path) -> Iterator[App]:
    """The app in a new browser."""
    assert CHROMIUM and DRIVER
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for option in (*OPTIONS, f"user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(f"--{option}")
    try:
        browser = webdriver.Chrome(options, Service(DRIVER))
    except WebDriverException as error:
        pytest.fail(f"chromium is there, but does not start: {error.msg}")
    try:
        browser.get(address)
        yield App(browser)
    finally:
        browser.quit()


def test_the_app_steps_draws_and_takes_settings(app: App, address: str) -> None:
    start = app.settled(0.0, [])
    stepped = app.step(2, start)
    app.click("reset")
    assert app.settled(0.0, stepped) == start
    assert app.step(2, start) == stepped  # the same seed draws the same pictures

    app.choose("Scenario", "no_policy")
    app.click("reset")
    app.settled(0.0, stepped)
    other = app.step(2, start)
    assert not set(other) & set(stepped)

    script = "return performance.getEntriesByType('resource').map(entry => entry.name)"
    loaded = app.browser.execute_script(script)
    assert len(loaded) > 5
    assert [name for name in loaded if not name.removeprefix("blob:").startswith(address)] == []
