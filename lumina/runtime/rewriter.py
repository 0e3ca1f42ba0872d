"""A prompt written out in detail by a language model, behind any address that speaks OpenAI's protocol.

A published model was trained on long descriptions, and people type "a cat". Small worlds need none: they read
free wording by themselves.
"""

import re
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from lumina.connections import client_of, proxy_before
from lumina.errors import InputError
from lumina.settings import Settings

PATH: Final = "/chat/completions"
CONNECTING, SECONDS = 5.0, 60.0  # to reach it, and for its whole answer
MOST_TOKENS = 600
MOST_CHARACTERS = 2000  # what a prompt may have
_TASK: Final = (
    "You write prompts for a model that draws pictures. Write out the idea that you are given as one "
    "description in English of 60 to 120 words: what is to be seen and where in the picture, what it is made "
    "of, the surroundings, the light, the colours and the style. Keep everything that the idea says, in "
    "particular numbers, names, colours and text within quotation marks, and add nothing against it. "
    "Answer with the description alone, without a heading, a list or quotation marks around it."
)
_THOUGHT = re.compile(r"<think>.*?(</think>|\Z)", re.DOTALL | re.IGNORECASE)
_QUOTES = "\"'`“”«»„ "


class Rewriter:
    """Asks the language model that the settings name; false where they name none."""

    def __init__(self, settings: Settings) -> None:
        self._url, self._model, self._key = settings.rewriter, settings.rewriter_model, settings.rewriter_key

    def __bool__(self) -> bool:
        """Whether there is one to ask."""
        return bool(self._url)

    def detailed(self, prompt: str) -> str:
        """A prompt of one paragraph that says more than this one.

        Raises InputError, in a sentence that says what to change, where there is none.
        """
        if not self:
            raise InputError(
                "No language model writes prompts out here; name one in LUMINA_REWRITER, an address such as "
                "http://127.0.0.1:8080/v1."
            )
        if not prompt.strip():
            raise InputError("There is nothing to write out; say in some words what to draw.")
        if len(prompt.strip()) > MOST_CHARACTERS:
            raise InputError(f"A prompt has at most {MOST_CHARACTERS:,} characters; say it in fewer words.")
        text = self._answer(prompt.strip())
        words = " ".join(_THOUGHT.sub(" ", text).split()).strip(_QUOTES)
        if not words:
            raise InputError(f"The language model at {self._url} answers with no words; name another one.")
        return _shortened(words)

    def _answer(self, prompt: str) -> str:
        messages = [{"role": "system", "content": _TASK}, {"role": "user", "content": prompt}]
        asked: dict[str, Any] = {"messages": messages, "max_tokens": MOST_TOKENS, "stream": False}
        if self._model:
            asked["model"] = self._model
        limit = httpx.Timeout(SECONDS, connect=CONNECTING)
        try:
            with client_of(self._url, self._key, timeout=limit) as client:
                answer = client.post(PATH, json=asked)
        except httpx.TimeoutException as error:
            raise InputError(
                f"The language model at {self._url} has not answered within {SECONDS:.0f} seconds; draw the "
                "words as they are, or name a faster one in LUMINA_REWRITER."
            ) from error
        except httpx.HTTPError as error:
            raise InputError(self._unreached()) from error
        if answer.status_code != httpx.codes.OK:
            raise InputError(self._refusal(answer))
        try:
            text = answer.json()["choices"][0]["message"]["content"]
        except (ValueError, LookupError, TypeError) as error:
            raise InputError(self._unlike()) from error
        if text is not None and not isinstance(text, str):
            raise InputError(self._unlike())
        return text or ""

    def _unreached(self) -> str:
        said = f"The language model at {self._url} cannot be reached"
        if proxy := proxy_before(self._url):
            host = urlsplit(self._url).hostname
            return f"{said} through the proxy of {proxy}; correct LUMINA_REWRITER or add {host} to NO_PROXY."
        return f"{said}; start it, or correct LUMINA_REWRITER."

    def _unlike(self) -> str:
        return f"What answers at {self._url} does not speak OpenAI's protocol; correct LUMINA_REWRITER."

    def _refusal(self, answer: httpx.Response) -> str:
        """What an answer other than the one that was hoped for means."""
        status = answer.status_code
        if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            return f"The language model at {self._url} does not know this key; correct LUMINA_REWRITER_KEY."
        if status in (httpx.codes.NOT_FOUND, httpx.codes.METHOD_NOT_ALLOWED):
            advice = f"correct LUMINA_REWRITER_MODEL ({self._model!r})" if self._model else ""
            told = " or ".join(filter(None, ("correct LUMINA_REWRITER, which mostly ends in /v1", advice)))
            return f"Nothing answers at {self._url}{PATH}; {told}."
        if status == httpx.codes.TOO_MANY_REQUESTS:
            return f"The language model at {self._url} has too much to do; try again in a minute."
        why = f' ("{message}")' if (message := _message(answer)) else ""
        return (
            f"The language model at {self._url} answers with {status}{why}; correct LUMINA_REWRITER_MODEL, "
            "or draw the words as they are."
        )


def _message(answer: httpx.Response) -> str:
    """What an endpoint says about its refusal, in a line."""
    try:
        error = answer.json()["error"]
        text = error["message"] if isinstance(error, dict) else error
    except (ValueError, LookupError, TypeError):
        return ""
    return " ".join(str(text).split())[:200].rstrip(". ")


def _shortened(words: str) -> str:
    """As many whole sentences as a prompt may have."""
    if len(words) <= MOST_CHARACTERS:
        return words
    whole = words[:MOST_CHARACTERS]
    return whole[: whole.rfind(". ") + 1] or whole
