"""The Workflow tab: the canvas, and what happens between it, the executor and the one model."""

import logging
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import gradio as gr
from PIL import Image

from lumina import images
from lumina.errors import InvalidWorkflow, LuminaError
from lumina.faults import note, sentence_of
from lumina.images import read_recipe
from lumina.model.config import ModelSpec, split_revision
from lumina.server.janitor import Janitor
from lumina.server.workshop import Workshop
from lumina.tasks.image_input import ImageInput
from lumina.ui.canvas import make_canvas
from lumina.ui.canvas.begun_elsewhere import rows_sent
from lumina.ui.canvas.inside import said_of
from lumina.ui.canvas.view import CanvasRun, thumbnail
from lumina.ui.events import DRAWS, LOOK_AGAIN, QUICK, message_of, payload_of, tell_end, ticket_of
from lumina.ui.messages.base import Data
from lumina.ui.messages.canvas import Bring, Brought, Execute, PlanView, Review
from lumina.ui.messages.canvas import RunView as Message
from lumina.ui.page_pictures import bytes_of_text, picture_input
from lumina.ui.run_results import RunResults
from lumina.ui.sessions import Sessions
from lumina.ui.templates import templates
from lumina.workflow.catalogue import catalogue
from lumina.workflow.document import Workflow
from lumina.workflow.executor import keep_rows, run
from lumina.workflow.files import binary_kind, read_text
from lumina.workflow.flattening import WITHIN
from lumina.workflow.image_lookup import find
from lumina.workflow.other_programs import other_file
from lumina.workflow.planning import plan
from lumina.workflow.schema import canonical, dump
from lumina.workflow.validation import check

log = logging.getLogger(__name__)


class WorkflowTab:
    """The canvas and its events."""

    def __init__(self, workshop: Workshop, spec: ModelSpec, files: Janitor, sessions: Sessions) -> None:
        self._workshop, self._spec, self._files = workshop, spec, files
        self._visitors = sessions
        self.canvas = make_canvas(catalogue(spec), templates(spec), os.environ.get("SPACE_ID", ""))
        # "multiple": Continue may come before Gradio has noticed the end of what was stopped
        running = self.canvas.execute(self._execute, None, self.canvas, trigger_mode="multiple", **DRAWS)
        tell_end(running, "lumina-canvas-ended")
        self.canvas.halt(None, cancels=[running], **QUICK)
        self.canvas.review(self._review, None, self.canvas, trigger_mode="multiple", **QUICK)
        self.canvas.bring(self._bring, None, self.canvas, trigger_mode="multiple", **QUICK)

    def _execute(self, event: gr.EventData) -> Iterator[Any]:
        for view in self._run(event._data):
            yield gr.HTML(run=view)
        yield gr.skip()  # Gradio repeats whatever comes last

    def _run(self, payload: Any) -> Iterator[Data]:
        """Whatever goes wrong ends as a sentence in the last view."""
        try:
            asked = message_of(payload, Execute)
            workflow = self._read(asked.document)
        except LuminaError as error:
            yield _refused(str(error))
            return
        view = CanvasRun(secrets.token_hex(8), workflow, self._save, self._spec)
        try:
            while not self._workshop.wait(LOOK_AGAIN):
                yield view.waiting("The model is loading; the run starts by itself.")
            until, visitor = asked.target if asked.target in workflow.nodes else None, asked.visitor
            turn = self._visitors.turn(visitor)
            while not turn.acquire(timeout=LOOK_AGAIN):  # a run that was stopped keeps its rows as it ends
                yield view.waiting("Another run of yours is under way; this one starts when it ends.")
            try:
                resources = self._visitors.resources(visitor)
                for key, rows in rows_sent(asked.drawn).items():
                    keep_rows(resources.store, key, rows)
                events = run(workflow, resources, until=until)
                found = RunResults(until)
                with closing(events):
                    for each in events:
                        self._visitors.finished(visitor, found.take(each))
                        yield view.take(each)
            finally:
                turn.release()
        except LuminaError as error:
            yield view.failed(str(error))
        except Exception as error:
            note(log, "A workflow failed:", error)
            yield view.failed(sentence_of(error))

    def _read(self, document: str) -> Workflow:
        checked = check(document, self._spec)
        if checked.problems or checked.workflow is None:
            raise InvalidWorkflow(checked.problems)
        return checked.workflow

    def _save(self, image: Image.Image, recipe: str, name: str) -> str:
        return f"gradio_api/file={self._files.keep(images.png_bytes(image, recipe), name)}"

    def _review(self, event: gr.EventData) -> Any:
        """What a run would do, and what keeps it from it; no step of the model is needed."""
        try:
            asked = message_of(event._data, Review)
        except LuminaError as error:
            return gr.HTML(plan=PlanView(of="", line=str(error)).data())
        return gr.HTML(plan=PlanView(of=asked.of, **self._plan(asked)).data())

    def _plan(self, asked: Review) -> Data:
        missing: list[str] = []
        try:
            workflow = self._read(asked.document)
            resources = self._visitors.resources(asked.visitor)
            missing = [name for name in uploads_named(workflow) if not find(name, resources.image_sources)]
            if not self._workshop.wait(0):
                # the same answer twice would not be noticed
                return {"line": "The model is loading…", "again": secrets.token_hex(4), "missing": missing}
            planned = plan(workflow, resources)
        except InvalidWorkflow as error:
            return {"problems": list(error.problems)}
        except LuminaError as error:
            return {"line": str(error), "missing": missing}
        faults = {
            step.node.partition(WITHIN)[0]: said_of(step.node, step.message)
            for step in planned.steps
            if step.message
        }
        return {"line": planned.line + self._other_model(workflow), "faults": faults, "missing": missing}

    def _other_model(self, workflow: Workflow) -> str:
        """What to add to the plan of a document that was made with another model."""
        asked, here = workflow.model, self._workshop.painter.model
        return "" if asked in (None, here, split_revision(here)[0]) else f"; drawn with {here}, not {asked}"

    def _bring(self, event: gr.EventData) -> Any:
        """Take a picture, or a file that is read as the command line reads it: a document, or a picture."""
        payload = payload_of(event)
        ticket = ticket_of(payload)
        try:
            answer = self._brought(message_of(payload, Bring))
        except LuminaError as error:
            return gr.HTML(brought=Brought(ticket=ticket, error=str(error)).data())
        return gr.HTML(brought=Brought(ticket=ticket, **answer).data())

    def _brought(self, asked: Bring) -> dict[str, str]:
        """Pictures are kept among this visitor's uploads, under the digest of what they show."""
        if "file" not in asked.model_fields_set:
            return self._uploaded(asked, picture_input(asked.picture, "Picture"))
        data = bytes_of_text(asked.file)
        if (other := other_file(data)) is not None:
            picture = self._uploaded(asked, ImageInput.opened(data)) if other.is_picture else {}
            return {"sentence": other.sentence, "prompt": other.prompt, **picture}
        is_document = read_recipe(data) is not None or binary_kind(data) is None
        if is_document:
            return {"document": canonical(read_text(data))}
        return self._uploaded(asked, ImageInput.opened(data))

    def _uploaded(self, asked: Bring, picture: ImageInput) -> dict[str, str]:
        self._visitors.keep(asked.visitor, picture)
        return {"image": picture.name, "thumbnail": thumbnail(picture.image)}


def uploads_named(workflow: Workflow) -> list[str]:
    """The names of all pictures of a document that are no files."""
    return sorted(set(re.findall('"(sha256:[0-9a-f]{64})"', dump(workflow))))


def _refused(sentence: str) -> Data:
    return Message(run=secrets.token_hex(8), state="failed", message=sentence, nodes={}).data()
