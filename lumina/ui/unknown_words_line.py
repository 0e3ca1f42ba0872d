"""The line under the prompt: what is understood of it, and words the model does not know, to click on."""

import gradio as gr

from lumina.ui.scripts import mount


def make_unknown_words(model: str, has_room: bool) -> gr.HTML:
    """Shows the prop ``words`` ([{word, known: […]}]), triggers ``swap`` with the pair clicked.

    The prop ``reading`` is the sentence that will be drawn; a click on it triggers ``adopt``. The prop
    ``elsewhere`` is a model that knows more of the words; a click on it triggers ``move``. With room for one
    line nothing below moves as it comes.
    """
    return gr.HTML(
        html_template='<p class="unknown-words-line" role="status"></p>',
        js_on_load=mount("unknown_words", "swap", "adopt", "move"),
        apply_default_css=False,
        elem_classes=["unknown-words", "has-room"] if has_room else "unknown-words",
        words=[],
        reading="",
        elsewhere=None,
        model=model,
    )
