"""The pieces a training run is made of: schedule, record, Muon, codebook, text tokenizer."""

import json
from dataclasses import replace

import pytest
import torch
from torch import nn

from lumina.errors import InputError
from lumina.model.checkpoint import find_folder, load_movqgan, save_movqgan
from lumina.model.movqgan import MoVQGAN
from lumina.model.text import TextTokenizer
from lumina.training import vocabulary
from lumina.training.codes import codes_of
from lumina.training.muon import Muon, orthogonal
from lumina.training.parallel import Group
from lumina.training.record import Record, learning_rate
from lumina.training.tokenizer_trainer import (
    BEGUN,
    Codebook,
    begin_with,
    psnr,
    reconstruction_loss,
    to_pictures,
    to_pixels,
)
from lumina.worlds.tabletop.captions import KNOWN_WORDS
from tests.training.tiny import CURRICULUM, TINY_MOVQ


def test_learning_rate_warms_up_stays_and_cools():
    assert learning_rate(0, 100, 1.0) == 0.1
    assert learning_rate(10, 100, 1.0) == 1
    assert learning_rate(70, 100, 1.0) == pytest.approx(0.5)
    assert learning_rate(120, 100, 1.0) == 0


def test_record_keeps_its_lines_and_draws_curves(tmp_path):
    record = Record(tmp_path / "run")
    assert record.rows() == [] and record.resume() is None
    for step in (1, 2, 3):
        record.append(step, loss=1 / step)
    record.save({"step": 3, "weight": torch.ones(2)})
    record.draw_curves("loss", *(f"task {i}" for i in range(6)))
    assert [row["loss"] for row in Record(tmp_path / "run").rows()] == [1.0, 0.5, 0.33333]
    assert record.resume()["step"] == 3
    assert (tmp_path / "run" / "curves.png").stat().st_size > 0


def test_muon_moves_singular_values_close_to_one():
    for shape in ((3, 96, 64), (3, 64, 96)):
        matrices = torch.randn(shape, generator=torch.Generator().manual_seed(0))
        values = torch.linalg.svdvals(orthogonal(matrices).float())
    assert values.min() > 0.5 and values.max() < 1.5


def test_muon_learns_matrices_and_convolutions():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(8, 16, 3, padding=1), nn.Flatten(), nn.Linear(256, 8))
    x, y = torch.randn(32, 8, 4, 4), torch.randn(32, 8)
    muon = Muon([model[0].weight, model[2].weight], lr=0.02)
    losses = []
    for _ in range(60):
        loss = (model(x) - y).square().mean()
        muon.zero_grad()
        loss.backward()
        muon.step()
        losses.append(loss.item())
    assert losses[-1] < 0.2 * losses[0]


def test_codebook_follows_its_latents_and_revives_dead_codes():
    model = MoVQGAN(TINY_MOVQ)
    codebook = Codebook(model, Group(), decay=0.5)
    latents = torch.full((64, TINY_MOVQ.embed_dim), 3.0)
    codes = torch.zeros(64, dtype=torch.long)
    for _ in range(20):
        codebook.update(latents, codes)
    book = model.quantize.embedding.weight
    assert torch.allclose(book[0], latents[0], atol=1e-3)
    assert codebook.revive(latents, least=0.1) == TINY_MOVQ.n_embed - 1
    assert torch.allclose(book, latents[: len(book)], atol=1e-3)
    assert codebook.revive(latents, least=0.1) == 0


def test_a_codebook_grows_and_new_codes_go_where_the_known_ones_describe_worst(tmp_path):
    torch.manual_seed(0)
    known = MoVQGAN(TINY_MOVQ)
    save_movqgan(known, tmp_path)
    grown = MoVQGAN(replace(TINY_MOVQ, n_embed=TINY_MOVQ.n_embed + 4))
    assert begin_with(grown, tmp_path) == TINY_MOVQ.n_embed
    pixels = torch.rand(1, 3, 32, 32) * 2 - 1
    known, shipped = known.eval(), load_movqgan(tmp_path)
    assert torch.equal(grown.eval().latent(pixels), shipped.latent(pixels))
    book = grown.quantize.embedding.weight
    described, rare = book[:4].detach().clone(), torch.full((4, TINY_MOVQ.embed_dim), 9.0)
    codebook = Codebook(grown, Group(), TINY_MOVQ.n_embed)
    assert codebook.revive(torch.cat([described, rare]), least=BEGUN) == 4
    assert torch.equal(book[: TINY_MOVQ.n_embed], shipped.quantize.embedding.weight)
    assert (book[TINY_MOVQ.n_embed :] == 9).all()
    with pytest.raises(InputError, match="built otherwise; leave out --start-from"):
        begin_with(MoVQGAN(replace(TINY_MOVQ, n_embed=8)), tmp_path)
    with pytest.raises(InputError, match="built otherwise"):
        begin_with(MoVQGAN(replace(TINY_MOVQ, ch=2 * TINY_MOVQ.ch)), tmp_path)


def test_a_revived_code_goes_where_the_codes_describe_worst():
    torch.manual_seed(0)
    model = MoVQGAN(TINY_MOVQ)
    codebook = Codebook(model, Group(), decay=0.0)
    common, rare = torch.zeros(60, TINY_MOVQ.embed_dim), torch.full((4, TINY_MOVQ.embed_dim), 3.0)
    codebook.update(common, torch.zeros(60, dtype=torch.long))
    model.quantize.embedding.weight.zero_()  # all codes lie where most of the latents are
    codebook.revive(torch.cat([common, rare]), least=0.1)
    assert (model.quantize.embedding.weight == 3).all(1).sum() == 4  # each of the rare ones has a code now


def test_equal_patches_get_equal_codes_where_the_encoder_sees_each_by_itself():
    torch.manual_seed(0)
    apart, joined = (MoVQGAN(replace(TINY_MOVQ, patchwise=patchwise)).eval() for patchwise in (True, False))
    pixels = torch.rand(1, 3, 32, 48) * 2 - 1
    pixels[..., 8:16, 16:24] = pixels[..., 16:24, 40:48]
    with torch.inference_mode():
        latent, other = apart.latent(pixels)[0], joined.latent(pixels)[0]
    assert torch.allclose(latent[:, 1, 2], latent[:, 2, 5], atol=1e-5)
    assert not torch.allclose(other[:, 1, 2], other[:, 2, 5], atol=1e-2)
    pictures = to_pictures(pixels)
    whole = apart.encode(to_pixels(pictures))
    assert (codes_of(apart, pictures) == whole.numpy()).all()


def test_reconstruction_loss_punishes_blur_more_than_mean_error_does():
    target = torch.zeros(1, 3, 8, 8)
    target[..., 4:] = 1
    soft = target.clone()
    soft[..., 3], soft[..., 4] = 0.33, 0.67
    assert reconstruction_loss(target, target) == 0
    assert reconstruction_loss(soft, target) > (soft - target).abs().mean()
    assert psnr(target - 0.2, target) == pytest.approx(20.0, abs=0.01)  # a tenth of the range of 2


def test_pixels_and_pictures_are_inverse():
    pictures = torch.randint(0, 256, (2, 4, 6, 3), dtype=torch.uint8).numpy()
    assert (to_pictures(to_pixels(pictures)) == pictures).all()


def test_text_tokenizer_learns_words_and_names_all_roles(tmp_path, monkeypatch):
    monkeypatch.setattr(vocabulary, "_corpus", lambda _: ["a red cube left of a blue sphere"] * 4)
    size = vocabulary.build_tokenizer(tmp_path, 64, CURRICULUM)
    text = TextTokenizer.load(tmp_path)
    roles = text.vocabulary()
    assert roles.num_codes == 64 and roles.codes.stop == size and len(roles.sizes) == 65
    assert len(text.encode("a red cube left of a blue sphere")) == 2 + 8
    assert roles.image_start not in text.encode("a <racm3:break> <|im_end|>")[1:]
    names = json.loads((tmp_path / "tokenizer_config.json").read_text())
    assert names["eos_token"] == "<|im_end|>"


def test_the_shipped_text_tokenizer_reads_almost_every_word_as_one_token():
    text = TextTokenizer.load(find_folder("assets/models/tabletop"))
    beginning = len(text.encode("x"))
    long = {word for word in KNOWN_WORDS if len(text.encode(f"x {word}")) > beginning + 1}
    assert long <= {"three", "four", "photo", "picture"}
