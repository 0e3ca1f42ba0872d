"""Loading the model that the settings name, ready to draw."""

from lumina.model.config import spec_in, split_revision
from lumina.runtime.painter import Painter
from lumina.settings import Settings
from lumina.steps import finish
from lumina.tasks import TASKS

REMEMBERED = 64  # pictures, by which others with the same seed are drawn faster


def load_model(settings: Settings, is_warmed: bool = True) -> Painter:
    """The model, warmed up (except where there is no GPU yet) so that the first picture comes as fast as the
    others."""
    from lumina.model.checkpoint import fetch
    from lumina.runtime.pipeline import Pipeline  # brings in torch, for which a page must not wait

    spec, (_, revision) = spec_in(settings), split_revision(settings.model)
    if spec.is_published:
        finish(fetch(spec, settings.models, revision))
    pipeline = Pipeline.load(settings.model, settings, remembered=REMEMBERED)
    if is_warmed:
        warm_up = TASKS["text_to_image"].model_validate({"prompt": "a red sphere", "seed": 0, "stop_row": 1})
        finish(warm_up.run(pipeline))
    return pipeline
