import os
import subprocess
import sys
from pathlib import Path

import pytest

from lumina.errors import InputError
from lumina.server.proxies import check_proxies

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("proxy", ["foo:bar", "gopher://127.0.0.1:9"])
def test_a_proxy_that_cannot_be_used_is_one_sentence(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    with pytest.raises(InputError, match=r"The proxy that is set .* correct or unset it"):
        check_proxies()


@pytest.mark.parametrize("proxy", ["", "http://127.0.0.1:9", "socks5://127.0.0.1:9"])
def test_other_proxies_are_left_alone(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy)
    check_proxies()


@pytest.mark.parametrize("command", [["app.py"], ["-m", "lumina", "ui"]])
def test_both_ways_to_start_say_it(command: list[str]) -> None:
    surroundings = os.environ | {"http_proxy": "foo:bar"}
    run = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert "Traceback" not in run.stderr and "correct or unset it" in run.stderr
