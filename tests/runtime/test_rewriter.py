"""Prompts written out by a language model: what is asked, what comes of its answers, and faults."""

import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest

from lumina.errors import InputError
from lumina.runtime import rewriter
from lumina.runtime.rewriter import MOST_CHARACTERS, Rewriter
from lumina.settings import Settings
from tests.serving import free_port


class _Answering(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.asked.append((self.path, dict(self.headers), json.loads(body)))  # type: ignore[attr-defined]
        status, answer = self.server.answer  # type: ignore[attr-defined]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def model() -> Iterator[Any]:
    """A server that notes what it is asked and gives one answer."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Answering)
    server.asked, server.url = [], f"http://127.0.0.1:{server.server_port}/v1"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def said(content: Any) -> tuple[int, Any]:
    return 200, {"choices": [{"message": {"role": "assistant", "content": content}}]}


def test_the_idea_is_sent_with_name_and_key_and_the_description_comes_back(model: Any) -> None:
    model.answer = said("A ginger cat lies on a windowsill.")
    settings = Settings(rewriter=model.url, rewriter_model="small", rewriter_key="s3cret")
    assert Rewriter(settings).detailed(" a cat ") == "A ginger cat lies on a windowsill."
    ((path, headers, body),) = model.asked
    assert path == "/v1/chat/completions" and headers["authorization"] == "Bearer s3cret"
    assert body["model"] == "small" and body["messages"][-1] == {"role": "user", "content": "a cat"}
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('"A cat."', "A cat."),
        ("<think>\nWhat is a cat?\n</think>\n\nA cat,\nasleep.", "A cat, asleep."),
        ("“A cat.”\n", "A cat."),
        ("A cat. " * 400, ("A cat. " * 400)[: MOST_CHARACTERS - 5].strip()),
    ],
)
def test_only_the_description_is_taken(model: Any, content: str, expected: str) -> None:
    model.answer = said(content)
    words = Rewriter(Settings(rewriter=model.url)).detailed("a cat")
    assert words == expected and len(words) <= MOST_CHARACTERS


def test_more_than_a_prompt_may_have_is_not_sent(model: Any) -> None:
    model.answer = said("A cat.")
    with pytest.raises(InputError, match="at most 2,000 characters; say it in fewer words"):
        Rewriter(Settings(rewriter=model.url)).detailed("a" * (MOST_CHARACTERS + 1))
    assert model.asked == []
    assert Rewriter(Settings(rewriter=model.url)).detailed(" " + "a" * MOST_CHARACTERS) == "A cat."


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((401, {"error": {"message": "no"}}), "does not know this key; correct LUMINA_REWRITER_KEY"),
        (
            (404, b"nothing"),
            "correct LUMINA_REWRITER, which mostly ends in /v1 or correct LUMINA_REWRITER_MODEL",
        ),
        ((429, b""), "has too much to do; try again in a minute"),
        ((400, {"error": {"message": "Give a model."}}), 'answers with 400 ("Give a model"); correct'),
        ((500, b"<html>"), "answers with 500; correct LUMINA_REWRITER_MODEL, or draw the words as they are"),
        ((200, b"<html>"), "does not speak OpenAI's protocol; correct LUMINA_REWRITER"),
        ((200, {"choices": []}), "does not speak OpenAI's protocol"),
        (said(None), "answers with no words"),
        (said("<think>and so on"), "answers with no words"),
        (said([1]), "does not speak OpenAI's protocol"),
    ],
)
def test_what_goes_wrong_is_one_sentence(model: Any, answer: Any, sentence: str) -> None:
    model.answer = answer
    asking = Rewriter(Settings(rewriter=model.url, rewriter_model="small", rewriter_key="s3cret"))
    with pytest.raises(InputError, match=re.escape(sentence)) as error:
        asking.detailed("a cat")
    assert "s3cret" not in str(error.value) and str(error.value).endswith(".")


def test_who_is_not_there_or_too_slow(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Rewriter(Settings(rewriter=f"http://127.0.0.1:{free_port()}/v1"))
    with pytest.raises(InputError, match="cannot be reached; start it, or correct LUMINA_REWRITER"):
        gone.detailed("a cat")

    def late(*_: object, **__: object) -> None:
        raise httpx.ReadTimeout("late")

    monkeypatch.setattr(httpx.Client, "post", late)
    with pytest.raises(
        InputError, match=f"within {rewriter.SECONDS:.0f} seconds; draw the words as they are"
    ):
        Rewriter(Settings(rewriter=model.url)).detailed("a cat")


def test_without_one_or_without_words_nothing_is_asked(model: Any) -> None:
    assert not Rewriter(Settings())
    with pytest.raises(InputError, match="name one in LUMINA_REWRITER"):
        Rewriter(Settings()).detailed("a cat")
    with pytest.raises(InputError, match="nothing to write out"):
        Rewriter(Settings(rewriter=model.url)).detailed(" ")
    assert not model.asked
