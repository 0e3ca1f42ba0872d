"""The auxiliary head of training: what the transformer's middle layers shall tell."""

from collections.abc import Mapping

import torch.nn.functional as F
from torch import Tensor, nn

from lumina.model.transformer import Transformer
from lumina.training.sequences import TrainingBatch
from lumina.worlds.curriculum import NO_ANSWER

CHANGE_TOLD_AFTER = 4  # layers, after which a given code shall tell whether the words change it
TOLD_AFTER = 6  # layers, after which a code to be drawn shall tell what it needs to know


class AuxiliaryHead(nn.Module):
    """Tells from the states after some layers what drawing needs to know: which codes of a given picture the
    words change, and at each code to be drawn how the given solid that matters looks, or what is to come.

    Whoever draws below reads off a given code's later layers what it copies; that the code is the one that is
    meant must be known there by then, and that it is metal before the first code of the new solid is chosen.
    Serves training alone and is not part of the model.
    """

    def __init__(self, model: Transformer, targets: Mapping[str, int]) -> None:
        """``targets``: what a code tells, and among how many answers."""
        super().__init__()
        self._answers = list(targets.values())
        self.change = nn.Linear(model.config.hidden_size, 1)
        self.answer = nn.Linear(model.config.hidden_size, max(sum(self._answers), 1))
        for parameter in self.parameters():
            nn.init.zeros_(parameter)
        self._states: dict[int, Tensor] = {}
        for depth in (CHANGE_TOLD_AFTER, TOLD_AFTER):
            layer = model.model.layers[min(depth, len(model.model.layers)) - 1]
            layer.register_forward_hook(lambda _layer, _given, states, depth=depth: self._keep(depth, states))

    def _keep(self, depth: int, states: Tensor) -> None:
        self._states[depth] = states

    def _states_at(self, depth: int, rows: Tensor, positions: Tensor) -> Tensor:
        states = self._states[depth][rows[:, None], positions].float()
        return F.rms_norm(states, states.shape[-1:])

    def losses(self, batch: TrainingBatch) -> tuple[Tensor, Tensor]:
        """Mean cross-entropies in nats of the model's last batch, of what changes and of the answers; zero
        where there is nothing to tell."""
        change = self.change(self._states_at(CHANGE_TOLD_AFTER, batch.edits, batch.given))[..., 0]
        total = F.binary_cross_entropy_with_logits(change, batch.changed.float(), reduction="sum")
        told = self.answer(self._states_at(TOLD_AFTER, batch.told, batch.before[batch.told])).flatten(0, 1)
        answers = 0 * told.sum()  # processes exchange the same gradients
        if self._answers:
            parts, wanted = told.split(self._answers, 1), batch.answers.flatten(0, 1).unbind(1)
            for part, right in zip(parts, wanted, strict=True):
                answers = answers + F.cross_entropy(part, right, ignore_index=NO_ANSWER, reduction="sum")
        return total / max(change.numel(), 1), answers / max(int((batch.answers != NO_ANSWER).sum()), 1)
