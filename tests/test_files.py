"""Files are written whole, as the umask says, and what keeps them from it is said in one sentence."""

import errno
import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from lumina.errors import InputError
from lumina.files import check_writable, expanded, refusal, sentence_of, write_whole
from lumina.images import open_image
from lumina.settings import Settings
from lumina.workflow.files import content, read_workflow
from lumina.workflow.tables import read_table, texts_in


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_file_may_be_read_by_whom_the_umask_lets_read(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        file = write_whole(tmp_path / "new" / "a.bin", b"1")
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write_whole(tmp_path / "a.bin", b"before")

    def full(path: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(file, b"after")
    assert file.read_bytes() == b"before" and [path.name for path in tmp_path.iterdir()] == ["a.bin"]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "is full; free some space"), (errno.EDQUOT, "is full"), (errno.EFBIG, "is full"),
        (errno.EACCES, "cannot be written to; choose another"), (errno.EROFS, "cannot be written to"),
        (errno.ENAMETOOLONG, "too long"),
    ],
)  # fmt: skip
def test_the_sentence_says_what_is_wrong_and_what_to_do(number: int, words: str) -> None:
    assert words in str(refusal(OSError(number, "?"), Path("pics")))


def test_a_tilde_is_the_home_and_without_one_a_folder_for_temporary_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = Settings.from_environment({"LUMINA_OUTPUTS": "~/pics", "LUMINA_MODELS": "~/models"})
    assert settings.outputs == tmp_path / "pics" and settings.models == tmp_path / "models"
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(os.path, "expanduser", lambda path: str(path))  # no home, no entry of the user
    assert "~" not in str(expanded("~/pics")) and expanded("~/pics").name == "pics"
    assert expanded("~").is_absolute()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no owners of files")
def test_without_a_home_only_a_folder_of_this_user_alone_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    home = expanded("~")
    assert home.parent == tmp_path and home.stat().st_mode & 0o777 == 0o700
    home.chmod(0o777)
    with pytest.raises(InputError, match="not this user's alone; set HOME"):
        expanded("~/pictures")


@pytest.mark.parametrize("name", ["", " ", "\t"])
def test_a_name_of_nothing_but_blanks_is_none(name: str) -> None:
    with pytest.raises(InputError, match="is empty; name one"):
        expanded(name)


def test_the_home_of_an_unknown_user_is_refused() -> None:
    with pytest.raises(InputError, match="no user nobody-here"):
        Settings.from_environment({"LUMINA_OUTPUTS": "~nobody-here/pics"})


def test_an_unexpected_error_of_the_system_is_a_sentence() -> None:
    assert sentence_of(OSError(errno.ENOSPC, "No space left on device")).startswith("The disk is full; free")
    assert sentence_of(PermissionError(13, "Permission denied", "a.txt")) == "a.txt: Permission denied."
    assert sentence_of(OSError("odd")) == "odd."
    said = sentence_of(FileExistsError(17, "File exists", "a.txt"))
    assert said == "a.txt has to be a folder, and a file is in its way; name another."


def test_the_address_of_a_file_is_its_path(tmp_path: Path) -> None:
    assert expanded("file:///a%20b/c.png") == Path("/a b/c.png") == expanded("FILE://localhost/a%20b/c.png")
    assert expanded(tmp_path) == tmp_path and expanded("a:b/c") == Path("a:b/c")
    for address in ("https://a.example/x.png", "s3://bucket/key", ""):
        with pytest.raises(InputError):
            expanded(address)


def test_a_thousand_folders_in_each_other_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(OSError) as caught:
        write_whole(tmp_path / ("x/" * 1500) / "a.txt", b"")
    assert caught.value.errno == errno.ENAMETOOLONG


def test_a_folder_is_tried_and_not_made(tmp_path: Path) -> None:
    check_writable(tmp_path / "new" / "newer")
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written to"):
        check_writable(tmp_path / "file" / "new")


@pytest.mark.parametrize(
    "read",
    [
        open_image,
        read_workflow,
        lambda path: read_table(path.with_suffix(".csv")),
        lambda path: texts_in(path.with_suffix(".csv")),
    ],
)
def test_a_file_that_may_not_be_read_is_no_wrong_name(
    read: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(path: Path, mode: str) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    for name in ("a.png", "a.csv"):
        (tmp_path / name).write_bytes(b"a")
    monkeypatch.setattr(Path, "open", forbidden)
    with pytest.raises(
        InputError, match=r"may not be read by this user; change its permissions \(chmod u\+r\)"
    ):
        read(tmp_path / "a.png")


@pytest.mark.parametrize("name", ["-", "/dev/stdin", "/dev/fd/0"])
def test_a_stdin_that_is_closed_is_said_and_nothing_else_is_read(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    reads: list[Callable[[Path], object]] = [read_workflow, read_table, texts_in]
    for read in (*reads, open_image) if name != "-" else reads:
        with pytest.raises(InputError, match=r"^Standard input is closed; name a file\.$"):
            read(Path(name))


def test_a_pipe_that_a_shell_has_opened_is_read_and_another_is_refused(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.write(writing, b'{"lumina": 1}')
    os.close(writing)
    assert content(Path(f"/dev/fd/{reading}")) == b'{"lumina": 1}'
    os.close(reading)
    os.mkfifo(tmp_path / "pipe")  # which nobody writes to
    with pytest.raises(InputError, match="is a pipe; save what comes from it"):
        content(tmp_path / "pipe")
