"""Training losses of the transformer, from the cross-entropies of codes."""

import torch.nn.functional as F
from torch import Tensor

from lumina.model.layout import Vocabulary
from lumina.model.transformer import Transformer
from lumina.training.kernels import cross_entropy, fast_products
from lumina.training.sequences import TrainingBatch

MARGIN = 3.0  # nats by which true words shall tell, and by which what was rejected shall be less likely


def code_losses(model: Transformer, batch: TrainingBatch, vocabulary: Vocabulary) -> Tensor:
    """Cross-entropies [rows, codes] in nats; forced positions and text are not trained on."""
    with fast_products(batch.ids.device):
        hidden = model.hidden(batch.ids)
        picked = hidden.gather(1, batch.before[..., None].expand(-1, -1, hidden.shape[-1]))
        logits = F.linear(picked, model.lm_head.weight[vocabulary.codes])
    return cross_entropy(logits.flatten(0, 1), batch.codes.flatten()).view(batch.codes.shape)


def told_apart(losses: Tensor, untrue: Tensor) -> Tensor:
    """Nats [n] by which true words make an image likelier than untrue ones do, from losses [rows, codes]."""
    images = losses.sum(1)
    return images[len(losses) - len(untrue) :] - images[untrue]


def loss_of(losses: Tensor, untrue: Tensor, weights: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """The mean cross-entropy of a code after true words, by weight of rows, and what to make small beside it.

    That is log(1 + exp(MARGIN - d)), d the nats of `told_apart`: untrue words make the image impossible, so
    what tells them apart costs nothing that predicting codes would gain. Chen et al. 2024 (arXiv 2410.09347)
    contrast conditions in like manner, against a frozen copy of the model, which is left out here.
    """
    rows = losses[: len(losses) - len(untrue)].mean(1)
    true = (rows if weights is None else rows * weights).mean()
    if not len(untrue):
        return true, true.new_zeros(())
    return true, F.softplus(MARGIN - told_apart(losses, untrue)).mean()


def unlikelier(losses: Tensor, nats: Tensor) -> Tensor:
    """What to make small for drawings [rows, codes] to lose MARGIN nats of the log-likelihood that they had.

    Samples of the model itself have scores that sum to nothing, so to lower those of the rejected ones is to
    raise those of all others: the policy gradient of a judge's verdict (Williams 1992), that ends at a
    distance from where it began, as in Rafailov et al. 2023 (arXiv 2305.18290).
    """
    return F.softplus(MARGIN - (losses.sum(1) - nats)).mean()
