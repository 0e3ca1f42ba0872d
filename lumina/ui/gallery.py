"""The Gallery tab: what this visitor has made, to be searched, compared and taken up again."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from lumina.errors import InputError, LuminaError
from lumina.server.gallery import GalleryStore, StoredPicture
from lumina.settings import Settings
from lumina.tasks import TASKS
from lumina.tasks.base import DrawingTask
from lumina.ui.create import tab_of
from lumina.ui.easel import static_text
from lumina.ui.events import QUICK, payload_of, ticket_of
from lumina.ui.messages.base import Data
from lumina.ui.messages.easel import Use
from lumina.ui.messages.gallery import Card, Cards, Handed
from lumina.ui.picture_messages import PLAIN
from lumina.ui.scripts import mount
from lumina.ui.sessions import is_name
from lumina.workflow.document import Workflow
from lumina.workflow.schema import load, task_of

MOST_SHOWN = 480  # pictures on one page
LONGEST_RECIPE = 4000  # characters that a card shows
SPACE_HOURS = 24  # after which a Space forgets
SPACE_BYTES = 100_000_000  # of one visitor of a Space
SPACE_TOTAL = 4_000_000_000  # of all of them
UNREADABLE = (ValueError, LookupError, AttributeError, TypeError, RecursionError)  # of a stranger's recipe
LOCAL = (
    "Finished pictures are kept by this server, up to 500 MB, until you delete them; this browser's storage "
    "holds the key to them."
)
ON_SPACE = (
    f"This Space keeps your finished pictures for {SPACE_HOURS} hours at most and loses them all when it "
    "restarts; download what you want to keep."
)


@dataclass(frozen=True)
class Archive:
    """Where finished pictures go: a store, and what a visitor is told of it."""

    store: GalleryStore
    promise: str

    @classmethod
    def of(cls, settings: Settings, space: str = "") -> "Archive":
        """The one in the folder of results; ``space`` names the Space that this is, if it is one."""
        file = settings.results / "gallery.sqlite"
        if space:
            return cls(GalleryStore(file, SPACE_BYTES, SPACE_HOURS, SPACE_TOTAL), ON_SPACE)
        return cls(GalleryStore(file), LOCAL)

    def size(self) -> int:
        """Bytes of all that is kept; 0 where it cannot be told."""
        try:
            return self.store.size()
        except LuminaError:
            return 0

    def unkept(self) -> str:
        """Why the last picture is not kept, and so the next one may not be; empty if it is."""
        failure = self.store.failure
        return f"New pictures are not kept; download what you want to keep. {failure}" if failure else ""

    def news(self) -> str:
        """A sentence about the store that people have to be told once; empty if there is none."""
        return self.store.news()

    def listed(self, visitor: Any, text: str, count: int, *, starred: bool = False) -> list[StoredPicture]:
        """The newest ``count`` pictures of a visitor with these words, or of those with a star."""
        return self.store.search(visitor, text, count, starred=starred) if is_name(visitor) else []

    def png(self, visitor: Any, key: Any) -> bytes:
        """One of a visitor's pictures; raises InputError if it is not there."""
        found = self.store.png(visitor, str(key)) if is_name(visitor) else None
        if found is None:
            raise InputError("This picture is not in the gallery any more; search again.")
        return found

    def recipe(self, visitor: Any, key: Any) -> str:
        """The recipe of one of a visitor's pictures; empty if it has none."""
        return (self.store.recipe(visitor, str(key)) if is_name(visitor) else None) or ""

    def star(self, visitor: Any, key: Any, is_starred: bool) -> None:
        """Give one of a visitor's pictures a star, or take it away."""
        if is_name(visitor):
            self.store.star(visitor, str(key), is_starred)

    def share(self, visitor: Any, key: Any) -> None:
        """Show one of a visitor's pictures to whoever has its id; raises InputError if it is not there."""
        if is_name(visitor):
            self.store.share(visitor, str(key))
        self.shared(key)

    def shared(self, key: Any) -> bytes:
        """A picture that somebody has shared; raises InputError if nobody has."""
        found = self.store.shared(str(key))
        if found is None:
            raise InputError("This picture is not shared any more; whoever shared it has deleted it.")
        return found

    def delete(self, visitor: Any, key: Any) -> None:
        """Delete one of a visitor's pictures for good, if it is there."""
        if is_name(visitor):
            self.store.delete(visitor, str(key))


class GalleryTab:
    """The cards and their events; ``uses`` are the tabs that take a picture from here."""

    def __init__(self, archive: Archive, able: Sequence[str], uses: Sequence[Use] = ()) -> None:
        self._archive, self._able = archive, able
        self.cards = gr.HTML(
            html_template=static_text("gallery.html"),
            js_on_load=mount("gallery", "look", "restore"),
            apply_default_css=False,
            promise=archive.promise,
            uses=[use.data() for use in uses],
            shown={},
            handed={},
        )
        self.cards.look(self._look, None, self.cards, trigger_mode="multiple", **QUICK)

    def lead_to(self, tabs: gr.Tabs) -> None:
        """Restoring a picture opens the tab of its task in ``tabs``."""
        self.cards.restore(self._restore, None, [self.cards, tabs], trigger_mode="multiple", **QUICK)

    def _look(self, event: gr.EventData) -> Any:
        return gr.HTML(shown=self._shown(payload_of(event)))

    def _shown(self, payload: Mapping[str, Any]) -> Data:
        """As many cards as the page asks for, whether there are more, and whether that is all it shows."""
        count = payload.get("count")
        count = min(max(count, 1), MOST_SHOWN) if isinstance(count, int) else MOST_SHOWN
        text = str(payload.get("words", ""))[:200]
        try:
            starred = payload.get("starred") is True
            found = self._archive.listed(payload.get("visitor"), text, count + 1, starred=starred)
        except LuminaError as error:
            return Cards(ticket=ticket_of(payload), message=str(error), cards=[]).data()
        cards = [card_of(kept) for kept in found[:count]]
        is_full, unkept = count == MOST_SHOWN, self._archive.unkept()
        shown = Cards(
            ticket=ticket_of(payload),
            message=self._archive.news() or unkept,
            promise="" if unkept else self._archive.promise,
            words=text,
            cards=cards,
            more=len(found) > count,
            full=is_full,
        )
        return shown.data()

    def _restore(self, event: gr.EventData) -> tuple[Any, Any]:
        """The picture for its task's tab, where it is as if it were dropped, or the text of a workflow."""
        payload = payload_of(event)
        try:
            png = self._archive.png(payload.get("visitor"), payload.get("id"))
            recipe = self._archive.recipe(payload.get("visitor"), payload.get("id"))
            handed, tab = way_of(png, recipe, self._able)
        except LuminaError as error:
            return gr.HTML(handed=_handed(payload, message=str(error))), gr.skip()
        return gr.HTML(handed=_handed(payload, **handed)), gr.Tabs(selected=tab) if tab else gr.skip()


def way_of(png: bytes, recipe: str, able: Sequence[str]) -> tuple[dict[str, str], str]:
    """What the page needs to take up a picture, and the tab to open, if it is not the workflow's.

    ``able`` are the tasks of the model that runs; raises InputError for a picture of another task.
    """
    if not recipe:
        raise InputError("This picture carries no recipe; download it instead.")
    task = drawing_in(load(recipe))
    if task is None:
        return {"text": recipe}, ""
    if task not in able:
        raise InputError(f"The model that is here cannot do this: {TASKS[task].title}; choose another.")
    tab = tab_of(TASKS[task]).name
    return {"task": tab, "png": _text(png)}, tab


def drawing_in(workflow: Workflow) -> str | None:
    """The name of the drawing task whose settings a recipe is; None if it takes a workflow to hold them."""
    if len(workflow.nodes) > 1:
        return None
    try:
        task = task_of(workflow)
    except LuminaError:
        return None  # lists of values, for one
    return task.name if isinstance(task, DrawingTask) else None


def card_of(kept: StoredPicture) -> Card:
    """What the page shows of a picture."""
    recipe, thumbnail = kept.recipe, base64.b64encode(kept.thumbnail).decode()
    panels, kind, tab = _shape_of(recipe)
    return Card(
        id=kept.id,
        made=kept.made,
        title=title_of(recipe),
        size=f"{kept.width} × {kept.height}",
        image=f"data:image/webp;base64,{thumbnail}",
        recipe=recipe if len(recipe) <= LONGEST_RECIPE else f"{recipe[:LONGEST_RECIPE]}…",
        starred=kept.is_starred,
        panels=panels,
        kind=kind,
        tab=tab,
    )


def _shape_of(recipe: str) -> tuple[int, str, str]:
    """How many panels the picture of a recipe has, its kind of map, and its tab; no tab of a workflow."""
    try:
        (node,) = json.loads(recipe)["nodes"].values()
        task = TASKS[node["task"]]
        tab = tab_of(task).title.lower() if issubclass(task, DrawingTask) else ""
        return len(task.Output.model_fields), str(node["inputs"].get("kind", PLAIN)), tab
    except UNREADABLE:
        return 1, "", ""


def title_of(recipe: str) -> str:
    """What a person said, or what they ran."""
    try:
        document = json.loads(recipe)
        nodes = list(document["nodes"].values())
        if len(nodes) > 1 or "workflow" in nodes[0]:
            return str(document.get("title") or f"A workflow of {len(nodes)} step{'s' * (len(nodes) > 1)}")
        (node,) = nodes
        task = TASKS[node["task"]]
        summary = node["inputs"].get(task.spoken or "kind")
        return summary if isinstance(summary, str) and summary else task.title
    except UNREADABLE:
        return "A picture"


def _handed(payload: Mapping[str, Any], **what: str) -> Data:
    """``what`` was asked for; the ticket tells two equal answers apart."""
    return Handed(ticket=ticket_of(payload), **what).data()


def _text(png: bytes) -> str:
    return base64.b64encode(png).decode()
