"""Refining the decoder: a picture that it made is encoded to the codes that it was made of."""

import numpy as np
import torch

from lumina.model.movqgan import MoVQGAN
from lumina.training.decoder_trainer import encoded_again
from lumina.training.tokenizer_trainer import to_pixels
from tests.training.tiny import TINY_MOVQ


def test_what_the_decoder_makes_is_told_whether_it_is_encoded_to_the_same_codes():
    torch.manual_seed(1)
    model = MoVQGAN(TINY_MOVQ)
    pixels = to_pixels(np.random.default_rng(1).integers(0, 256, (2, 32, 32, 3), dtype=np.uint8))
    codes = model.encode(pixels)
    output = (pixels + 0.001).requires_grad_()  # files hold whole levels
    nats, same = encoded_again(model, output, codes)
    other, different = encoded_again(model, output, codes.flip(0))
    assert same == 1 > different
    assert nats < other
    nats.backward()
    assert output.grad.abs().sum() > 0
