"""A visitor's pictures survive restarts, are found again, and are nobody else's."""

import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from lumina.errors import LuminaError
from lumina.images import open_image, png_bytes
from lumina.server.doctor import examine
from lumina.server.gallery import GalleryStore, SessionImages, words_of
from lumina.tasks.image_input import ImageInput


def result(prompt: str, colour: str = "red") -> bytes:
    node = {"task": "text_to_image", "inputs": {"prompt": prompt, "seed": 1}}
    recipe = json.dumps({"lumina": 1, "title": "Äpfel", "nodes": {"a": node}}, ensure_ascii=False)
    return png_bytes(Image.new("RGB", (64, 48), colour), recipe)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[], float]:
    """Every look at the clock is a second later."""
    moments = iter(range(1, 10_000))
    monkeypatch.setattr("lumina.server.gallery.time.time", lambda: float(next(moments)))
    return lambda: float(next(moments))


@pytest.fixture
def store(tmp_path: Path, clock: Callable[[], float]) -> GalleryStore:
    return GalleryStore(tmp_path / "new" / "gallery.sqlite")


def test_results_survive_a_restart_with_their_recipe(store: GalleryStore, tmp_path: Path) -> None:
    png = result("a red cone")
    key = store.keep("anna", png)
    again = GalleryStore(tmp_path / "new" / "gallery.sqlite")
    (kept,) = again.search("anna")
    assert (kept.id, kept.width, kept.height) == (key, 64, 48)
    assert again.png("anna", key) == png
    assert json.loads(again.recipe("anna", key) or "")["nodes"]["a"]["inputs"]["prompt"] == "a red cone"
    assert open_image(kept.thumbnail).size == (64, 48)
    with sqlite3.connect(tmp_path / "new" / "gallery.sqlite") as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    database.close()


def test_the_newest_come_first_and_words_narrow_them(store: GalleryStore) -> None:
    for prompt in ("a red cone", "two blue cubes", "a 100% blue cone"):
        store.keep("anna", result(prompt))
    store.keep("anna", result("a red cone"))  # once more: kept once, and now the newest
    found = store.search("anna")
    assert len(found) == 3 and "a red cone" in found[0].words
    assert len(store.search("anna", "CONE blue")) == 1 and len(store.search("anna", "cone")) == 2
    assert len(store.search("anna", "100%")) == 1 and store.search("anna", "%") != found
    assert store.search("anna", "torus") == [] and len(store.search("anna", "äpfel")) == 3
    assert store.search("anna", limit=2) == found[:2]


def test_nobody_reaches_what_belongs_to_another(store: GalleryStore, tmp_path: Path) -> None:
    key = store.keep("anna", result("a secret cone"))
    assert store.search("bert") == [] and store.png("bert", key) is None and store.recipe("bert", key) is None
    assert not store.delete("bert", key)
    name = ImageInput.of(open_image(store.png("anna", key) or b"")).name
    assert store.find("bert", name) is None and store.find("anna", name) is not None
    assert b"anna" not in b"".join(path.read_bytes() for path in (tmp_path / "new").iterdir())


def test_a_star_stays_with_its_visitors_picture(store: GalleryStore) -> None:
    first, second = (store.keep(who, result("a red cone")) for who in ("anna", "bert"))
    store.keep("anna", result("a blue cube"))
    store.star("anna", first, True)
    store.keep("anna", result("a red cone"))  # once more
    assert [(kept.id, kept.is_starred) for kept in store.search("anna", starred=True)] == [(first, True)]
    assert store.search("bert", starred=True) == [] and first == second
    store.star("anna", first, False)
    assert store.search("anna", starred=True) == [] and len(store.search("anna")) == 2


def test_what_is_deleted_is_gone(store: GalleryStore) -> None:
    first, second = store.keep("anna", result("a")), store.keep("anna", result("b"))
    assert store.delete("anna", first) and not store.delete("anna", first)
    store.star("anna", second, True)
    assert not store.delete("anna", second, spares_starred=True)
    assert [kept.id for kept in store.search("anna")] == [second]


def test_old_pictures_are_forgotten_and_a_full_store_gives_up_its_oldest(
    tmp_path: Path, clock: Callable[[], float]
) -> None:
    size = len(result("number 1"))
    store = GalleryStore(tmp_path / "small.sqlite", most=2 * size + 10)
    keys = [store.keep("anna", result(f"number {number}")) for number in range(4)]
    store.keep("bert", result("number 5"))
    assert [kept.id for kept in store.search("anna")] == keys[:1:-1]


def test_after_some_hours_nothing_is_there_any_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("lumina.server.gallery.time.time", lambda: now)
    store = GalleryStore(tmp_path / "day.sqlite", hours=24)
    key = store.keep("anna", result("a red cone"))
    now += 23.9 * 3600
    assert store.png("anna", key) is not None
    now += 0.2 * 3600
    assert store.png("anna", key) is None and store.search("anna") == []


def test_results_are_found_by_their_pixels(store: GalleryStore) -> None:
    store.keep("anna", result("a", "green"))
    image_source = SessionImages(store, "anna")
    assert image_source.find(ImageInput.of(Image.new("RGB", (64, 48), "green")).name) is not None
    assert image_source.find("other.png") is None


def test_several_write_at_once(store: GalleryStore) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: store.keep("anna", result(f"cone {number}")), range(12)))
    assert len(store.search("anna")) == 12


def test_a_damaged_file_is_put_aside_and_a_new_one_begun(tmp_path: Path, store: GalleryStore) -> None:
    file = tmp_path / "new" / "gallery.sqlite"
    store.keep("anna", result("a red cone"))
    file.write_text("this is no database, but a text that is long enough to be taken for one" * 20)
    again = GalleryStore(file)
    assert again.search("anna") == [] and again.keep("anna", result("a blue cube"))
    assert "0 pictures were saved" in again.news() and again.news() == ""
    assert len(again.search("anna")) == 1
    assert [path.read_text()[:4] for path in file.parent.glob("gallery.sqlite.damaged-*[0-9]")] == ["this"]


def test_the_pictures_that_a_damaged_file_still_holds_are_saved(tmp_path: Path) -> None:
    file = tmp_path / "gallery.sqlite"
    store, pngs = GalleryStore(file), [result(f"cone {number}", f"#{number:02}8844") for number in range(40)]
    keys = [store.keep("anna", png) for png in pngs]
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(file.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096] = b"?" * 4096
    file.write_bytes(data)
    again = GalleryStore(file)
    found = again.search("anna", limit=99)
    assert 10 < len(found) <= 40 and f"{len(found)} pictures were saved" in again.news()
    assert all(again.png("anna", kept.id) == pngs[keys.index(kept.id)] for kept in found)


def test_a_file_that_is_damaged_while_it_is_used_is_given_up_for_a_new_one(tmp_path: Path) -> None:
    file = tmp_path / "gallery.sqlite"
    used = GalleryStore(file)
    used.keep("anna", result("a red cone"))
    file.write_bytes(b"?" * 8192)
    with pytest.raises(LuminaError, match="a new one is begun; try again"):
        used.search("anna")
    assert used.search("anna") == [] and used.keep("anna", result("a blue cube"))


def test_a_folder_that_cannot_be_used_is_one_sentence_until_it_can(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    late = GalleryStore(tmp_path / "file" / "gallery.sqlite")
    with pytest.raises(LuminaError, match="Pictures cannot be kept"):
        late.search("anna")
    assert SessionImages(late, "anna").find("sha256:" + "0" * 64) is None
    (tmp_path / "file").unlink()
    assert late.keep("anna", result("a red cone"))


def test_a_locked_file_is_said_and_used_again_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lumina.server.gallery.PATIENCE", 0.01)
    file = tmp_path / "gallery.sqlite"
    store = GalleryStore(file)
    store.keep("anna", result("a red cone"))
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN EXCLUSIVE")
        for each in (store, GalleryStore(file)):
            with pytest.raises(LuminaError, match="try again in a moment"):
                each.keep("anna", result("a blue cube"))
    assert store.keep("anna", result("a blue cube"))


@pytest.mark.parametrize("recipe", ["", "no json", "[1]", '{"nodes": 3}', '{"nodes": {"a": [null, 1]}}'])
def test_any_recipe_has_words(recipe: str) -> None:
    assert words_of(recipe) == ""


@pytest.mark.parametrize("code", ["DROP TABLE kept", "ALTER TABLE kept RENAME COLUMN digest TO other"])
def test_a_gallery_that_lost_its_tables_begins_anew(tmp_path: Path, code: str) -> None:
    store = GalleryStore(tmp_path / "gallery.sqlite")
    assert store.search("v") == []
    with closing(sqlite3.connect(tmp_path / "gallery.sqlite")) as database, database:
        database.execute(code)
    with pytest.raises(LuminaError, match="a new one is begun; try again"):
        store.find("v", "sha256:0")
    assert store.find("v", "sha256:0") is None


@pytest.mark.parametrize(
    ("code", "saved"),
    [
        ("ALTER TABLE kept ADD COLUMN stars INTEGER NOT NULL DEFAULT 0", 1),
        ("DROP TABLE kept; CREATE TABLE songs (title TEXT)", 0),
        ("DROP TABLE kept; CREATE TABLE kept (id TEXT, visitor TEXT)", 0),
    ],
)
def test_a_file_with_other_tables_is_put_aside_whole(tmp_path: Path, code: str, saved: int) -> None:
    file = tmp_path / "gallery.sqlite"
    png = result("a red cone")
    key = GalleryStore(file).keep("anna", png)
    with closing(sqlite3.connect(file)) as database:
        database.executescript(code)
    again = GalleryStore(file)
    assert len(again.search("anna")) == saved and again.keep("anna", result("a blue cube"))
    assert again.png("anna", key) == (png if saved else None)
    were = "1 picture was saved" if saved else "0 pictures were saved"
    assert again.news() == f"The gallery's file held other tables; {were} from it, into a new one."
    assert len(list(tmp_path.glob("gallery.sqlite.damaged-*[0-9]"))) == 1


def test_two_damaged_files_in_one_second_are_both_put_aside(tmp_path: Path) -> None:
    file = tmp_path / "gallery.sqlite"
    for text in ("one that is no database", "another that is none"):
        for part in tmp_path.glob("gallery.sqlite*[!0-9]"):
            part.unlink()
        file.write_text(text * 100)
        assert GalleryStore(file).search("anna") == []
    aside = tmp_path.glob("gallery.sqlite.damaged-*[0-9]")
    assert {each.read_text()[:3] for each in aside} == {"one", "ano"}


def test_a_gallery_that_is_no_file_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gallery.sqlite").mkdir()
    with pytest.raises(LuminaError, match="cannot be opened"):
        GalleryStore(tmp_path / "gallery.sqlite").search("v")
    monkeypatch.setenv("LUMINA_RESULTS", str(tmp_path))
    assert "is no file" in examine()["gallery"]["found"]


def test_many_names_share_one_quota_and_the_oldest_pictures_of_all_go(
    tmp_path: Path, clock: Callable[[], float]
) -> None:
    pngs = [result(f"a red cone {number}") for number in range(6)]
    store = GalleryStore(tmp_path / "gallery.sqlite", total=3 * len(pngs[0]) + 40)
    for number, png in enumerate(pngs):
        store.keep(f"name {number}", png)
    assert [len(store.search(f"name {number}")) for number in range(6)] == [0, 0, 0, 1, 1, 1]
    with closing(sqlite3.connect(tmp_path / "gallery.sqlite")) as database:
        steps = database.execute("EXPLAIN QUERY PLAN SELECT sum(bytes) FROM kept").fetchall()
    assert "COVERING INDEX kept_by_size" in steps[0][-1]  # no picture is read to add them up
