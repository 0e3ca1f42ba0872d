"""Choosing another model in the head of the page: it is closed, and opened anew with that model's tabs."""

import os
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue

import gradio as gr

from lumina.connections import LOOPBACK
from lumina.model.config import MODELS, ModelSpec, spec_in
from lumina.model.manifest import MANIFEST
from lumina.server.address import bare
from lumina.server.zerogpu import ON_ZEROGPU
from lumina.settings import Settings

REOPENED = "() => window.lumina.reopened()"


def installed(settings: Settings) -> list[ModelSpec]:
    """The models that can be loaded here without a download, the present one among them."""
    present, folder = spec_in(settings), settings.models.expanduser()
    here = [
        spec for spec in MODELS.values() if not spec.transformer or (folder / spec.name / MANIFEST).exists()
    ]
    return here if present in here else [present, *here]


def is_public(share: bool, host: str | None = None) -> bool:
    """Whether others than those at this machine can open a page at ``host``: then none chooses for all."""
    return share or bool(os.environ.get("SPACE_ID")) or bare(host) not in LOOPBACK


class ModelChoice:
    """Which model the page is for; ``offered`` is empty where visitors may not change it, on a public one."""

    def __init__(self, settings: Settings, is_public: bool, engine: ModelSpec | None = None) -> None:
        """``engine`` is the model of an engine, if there is one, which alone decides what it draws with."""
        found = [] if ON_ZEROGPU or is_public or engine else installed(settings)
        self.is_public = is_public
        self.offered = found if len(found) > 1 else []
        self.present = engine or spec_in(settings)
        self._chosen: SimpleQueue[str] = SimpleQueue()

    def show(self) -> None:
        """Put the list into the head of the page, if there is something to choose."""
        if not self.offered:
            return
        names = [(label, given_as(spec)) for label, spec in self._labels()]
        own = next(name for (_, name), spec in zip(names, self.offered, strict=True) if spec == self.present)
        box = gr.Dropdown(
            names,
            value=own,
            label="Model",
            show_label=False,
            elem_classes="head-choice",
            min_width=160,
            scale=0,
        )
        told: Callable[[str], None] = self.choose
        box.input(told, box, None, api_visibility="private", show_progress="hidden").then(None, js=REOPENED)

    def _labels(self) -> list[tuple[str, ModelSpec]]:
        """Their titles; of a folder with its name, since every model of a world has one title."""
        return [
            (
                spec.title
                if spec.name in MODELS or spec.title == spec.name
                else f"{spec.title} ({spec.name})",
                spec,
            )
            for spec in self.offered
        ]

    def others(self, task: str) -> list[ModelSpec]:
        """What else is offered that does a task."""
        return [spec for spec in self.offered if spec != self.present and task in spec.tasks]

    def offer(self, task: str) -> None:
        """Put a button for each of them into the tab of a task that the present model does not do."""
        for label, spec in self._labels():
            if spec in self.others(task):
                button = gr.Button(f"Do it with {label}", elem_classes="elsewhere", size="sm")
                button.click(
                    partial(self.choose, given_as(spec)), None, None, api_visibility="private"
                ).success(None, js=REOPENED)

    def choose(self, name: str) -> None:
        """Ask for this model; raises gr.Error for one that is not offered."""
        if name not in map(given_as, self.offered):
            raise gr.Error("This model is not offered here; choose one of the list.", print_exception=False)
        self._chosen.put(name)

    def wait(self) -> str:
        """Until someone chooses: the name."""
        return self._chosen.get()


def given_as(spec: ModelSpec) -> str:
    """What the settings call a model."""
    return spec.name if spec.name in MODELS else spec.source
