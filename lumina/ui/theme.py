"""Colours and type of the studio: warm paper, dark ink, one accent; fonts are served by the app itself."""

import gradio as gr
from gradio.themes.utils import fonts

from lumina.ui.easel import STATIC

SHEETS = (
    "studio.css",
    "head.css",
    "form.css",
    "image_field.css",
    "easel.css",
    "tools.css",
    "comparison.css",
    "turns.css",
    "gallery.css",
    "phone.css",
)  # later ones overrule
STYLES = [STATIC / name for name in SHEETS]


def studio_theme() -> gr.themes.Base:
    """Neutral surfaces; everything coloured is drawn from the accent in ``studio.css``."""
    theme = gr.themes.Base(
        primary_hue="orange",
        neutral_hue="stone",
        radius_size="lg",
        font=(fonts.LocalFont("IBM Plex Sans", weights=(400, 700)), "system-ui", "sans-serif"),
        font_mono=(fonts.LocalFont("IBM Plex Mono", weights=(400, 700)), "ui-monospace", "monospace"),
    )
    return theme.set(
        body_background_fill="var(--paper)",
        body_background_fill_dark="var(--paper)",
        body_text_color="var(--ink)",
        body_text_color_dark="var(--ink)",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_border_width_dark="0px",
        block_shadow="none",
        input_background_fill="var(--surface)",
        input_background_fill_dark="var(--surface)",
        input_border_color="var(--line)",
        input_border_color_dark="var(--line)",
        color_accent="var(--accent)",
    )
