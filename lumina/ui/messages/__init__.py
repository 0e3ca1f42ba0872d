"""Every message between the page and Python; the page's types are generated from these classes.

After a change, ``make web`` writes ``web/src/messages.gen.ts`` anew. What a class says here is what the
page's scripts are checked against.
"""

from pydantic import BaseModel

from lumina.ui.messages.canvas import (
    Bring,
    Brought,
    Catalogue,
    Execute,
    PlanView,
    Review,
    RunView,
    Template,
)
from lumina.ui.messages.easel import (
    Continued,
    EaselView,
    Elsewhere,
    Follow,
    Format,
    Look,
    Prepare,
    PromptPart,
    Refusal,
    Rerolled,
    Restored,
    Reworded,
    Saved,
    Settled,
    Unknown,
    Use,
)
from lumina.ui.messages.gallery import (
    Cards,
    Handed,
    Wish,
)
from lumina.workflow.document import Workflow

MESSAGES: tuple[type[BaseModel], ...] = (
    EaselView,
    Restored,
    Settled,
    Refusal,
    Use,
    Unknown,
    PromptPart,
    Format,
    Continued,
    Elsewhere,
    Rerolled,
    Reworded,
    Follow,
    Look,
    Prepare,
    Saved,
    Cards,
    Wish,
    Handed,
    Catalogue,
    Template,
    RunView,
    PlanView,
    Brought,
    Execute,
    Review,
    Bring,
    Workflow,
)
