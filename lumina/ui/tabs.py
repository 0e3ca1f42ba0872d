"""The tabs of the page; the address names the one that is shown, ``#edit`` (``web/src/studio/tabs.ts``)."""

import json

import gradio as gr

from lumina.ui.events import QUICK


class TabBar:
    """All tabs; each is made inside of ``bar``."""

    def __init__(self) -> None:
        self.bar = gr.Tabs(elem_classes="studio")
        self._ids: dict[str, str] = {}

    def make(self, title: str, name: str) -> gr.Tab:
        """A tab of this title, which other tabs know as ``name`` and the address by its title."""
        address = title.lower()
        self._ids[address] = name
        tab = gr.Tab(title, id=name, elem_id=f"tab-{address}")
        tab.select(None, None, None, js=f"() => (window.lumina.tabShown('{address}'), [])", **QUICK)
        return tab

    def listen(self, page: gr.Blocks) -> None:
        """Open the tab that the address names, and those that the page's scripts ask for."""
        wanted = f"() => window.lumina.wantedTab({json.dumps(self._ids)})"
        opener = gr.Button("Open a tab", elem_classes="unseen open-tab")
        opener.click(None, None, self.bar, js=wanted, **QUICK)
        page.load(None, None, self.bar, js=wanted, **QUICK)
