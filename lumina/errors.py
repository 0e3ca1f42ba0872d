"""The errors people meet: each one is a single sentence that says what to change."""

from collections.abc import Iterable, Mapping


class LuminaError(Exception):
    """Base of every error this package raises on purpose; ``str(error)`` is the sentence."""


class InputError(LuminaError):
    """What was asked for is wrong; the sentence reaches the person word for word."""


class InvalidImage(InputError):
    """A file that is not a picture, is damaged, or is too large."""


class InvalidSize(InputError):
    """A width or height that the model cannot draw."""


class UnknownModel(InputError):
    """A model name that is not in the list of models."""


class InvalidWorkflow(InputError):
    """A workflow document with problems, all of them found in one pass.

    ``problems`` holds mappings with the keys ``pointer``, ``message`` and ``fix``; ``sentence`` may say
    all of them at once.
    """

    def __init__(self, problems: Iterable[Mapping[str, str]], sentence: str = "") -> None:
        self.problems: tuple[dict[str, str], ...] = tuple(dict(problem) for problem in problems)
        super().__init__(sentence or _sentence(self.problems))


class ModelError(LuminaError):
    """The model itself is at fault: its files, or what it can do."""


class CheckpointMismatch(ModelError):
    """A weight or configuration file is missing, damaged or of another shape than expected."""


def is_said_twice(problem: Mapping[str, str]) -> bool:
    """Whether a fix only says what the message has said: "must be a number", "make it a number"."""
    wanted = problem["fix"].replace("make it ", "must be ", 1).replace("let it ", "must ", 1)
    return wanted.startswith("must ") and problem["message"].startswith(wanted)


def _sentence(problems: tuple[dict[str, str], ...]) -> str:
    if not problems:
        return "The workflow is not valid."
    first = problems[0]
    where, message = first.get("pointer"), first.get("message", "not valid").rstrip(".")
    more = len(problems) - 1
    tail = "" if not more else f" (and {more} more problem{'s' if more > 1 else ''})"
    fix = f"; {first['fix']}".rstrip(".") if first.get("fix") and not is_said_twice(first) else ""
    said = f"is not valid at {where}: {message}" if where else message
    sentence = f"The workflow {said}{fix}{tail}"
    return sentence if sentence.endswith("?") else f"{sentence}."
