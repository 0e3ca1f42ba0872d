"""The line under the prompt that names words the model does not know, with known ones to click on."""

import gradio as gr

from lumina.ui.scripts import mount


def make_unknown_words(model: str) -> gr.HTML:
    """Shows the prop ``words`` ([{word, known: […]}]), triggers ``swap`` with the pair clicked."""
    return gr.HTML(
        html_template='<p class="unknown-words-line" role="status"></p>',
        js_on_load=mount("unknown_words", "swap"),
        apply_default_css=False,
        elem_classes="unknown-words",
        words=[],
        model=model,
    )
