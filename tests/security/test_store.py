"""What a process that is killed leaves of the gallery, and what odd settings do: ids of docs/security.md."""

import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from lumina.errors import InputError
from lumina.server.gallery import GalleryStore
from lumina.settings import Settings
from tests.serving import ROOT

ROUNDS = int(os.environ.get("LUMINA_ROUNDS", "1"))
KEEPING = """
import sys
from pathlib import Path
from PIL import Image
from lumina.images import png_bytes
from lumina.server.gallery import GalleryStore
store = GalleryStore(Path(sys.argv[1]))
for number in range(10**6):
    image = Image.effect_noise((64, 64), 50 + number % 200).convert("RGB")
    print(store.keep("anna", png_bytes(image, '{"lumina": 1}')), flush=True)
"""


def test_t26_a_killed_process_loses_no_picture_that_it_acknowledged(tmp_path: Path) -> None:
    file, acknowledged, chance = tmp_path / "gallery.sqlite", set[str](), random.Random(26)
    for _ in range(3 * ROUNDS):
        command = [sys.executable, "-c", KEEPING, str(file)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(chance.randint(2, 20)):
                acknowledged.add(process.stdout.readline().strip())
            process.kill()
    store = GalleryStore(file)
    assert all(store.png("anna", key) for key in acknowledged)
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_t29_settings_make_sense_or_are_refused_by_name() -> None:
    chance = random.Random(29)
    names = [
        "MODEL",
        "DTYPE",
        "WINDOW",
        "THREADS",
        "DEVICE",
        "OUTPUTS",
        "RESULTS",
        "MODELS",
        "QUANT",
        "CACHE",
        "TRUST_PROXY",
        "DRAWINGS_EACH",
        "SECONDS_EACH",
        "LOG",
        "METRICS",
        "CONTENT",
        "CONTENT_MODEL",
        "ENGINE",
        "TOKEN",
    ]
    values = [
        "",
        "0",
        "-1",
        "1",
        "99999999999",
        "1e3",
        "int8",
        "float32",
        "NaN",
        "~",
        "~nobody-here/x",
        "\u0661",
        "yes",
        "auto",
        "x" * 5000,
        "\udcff",
        "http://h/x",
        "http://a:b@h",
        "http://h:x",
        "https://[::1",
        "../..",
        " 4 ",
    ]
    for _ in range(500 * ROUNDS):
        chosen = chance.sample(names, 3)
        given = {f"LUMINA_{name}": chance.choice(values) for name in chosen}
        try:
            Settings.from_environment(given)
        except InputError as error:
            assert str(error).endswith((".", "?")) and "\n" not in str(error)


@pytest.mark.parametrize(
    "change", [{"LC_ALL": "C"}, {"LC_ALL": "POSIX", "LANG": ""}, {"HOME": "/nowhere"}, {"TZ": "Z"}]
)
def test_t38_odd_surroundings(change: dict[str, str]) -> None:
    surroundings = {**os.environ, **change, "PYTHONPATH": str(ROOT)}
    for name in ("PYTHONUTF8", "PYTHONIOENCODING"):
        surroundings.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-m", "lumina", "check", "workflows/edit-chain.json"],
        cwd=ROOT,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
