"""The camera: rays and projection are inverse to each other, and a grid of pixels is a grid on the ground."""

import numpy as np
import pytest

from lumina.worlds.pixels import STEP
from lumina.worlds.tabletop import camera
from lumina.worlds.tabletop.scenes import FRAMES


@pytest.mark.parametrize("frame", FRAMES)
def test_ground_points_project_back_to_their_pixel(frame):
    for pixel in [(0.0, frame[1] - 1.0), (frame[0] / 2, frame[1] / 2), (frame[0] - 3.5, frame[1] * 0.6)]:
        x, y = camera.to_ground(*pixel, *frame)
        back = camera.project(np.array([[x, y, 0]], dtype=np.float32), *frame)[0]
        assert np.allclose(back, pixel, atol=1e-2)


def test_rays_are_parallel_and_pass_through_their_pixels():
    origins = camera.origins(96, 160, 2)
    assert origins.shape == (320, 192, 3)
    assert np.linalg.norm(camera.FORWARD) == pytest.approx(1)
    points = origins.reshape(-1, 3)[[0, 12345, -1]] + 3 * camera.FORWARD
    cols, rows = np.array([0, 12345 % 192, 191]), np.array([0, 12345 // 192, 319])
    assert np.allclose(camera.project(points, 96, 160), np.stack([cols, rows], -1) / 2 + 0.25, atol=1e-2)


def test_a_step_of_the_grid_is_a_round_number_of_units():
    x, y = camera.to_ground(64 + STEP, 64 - STEP, 128, 128)
    assert (x, y) == pytest.approx((0.2, 0.4), abs=1e-9)


def test_origins_are_shared_and_read_only():
    assert camera.origins(128, 128) is camera.origins(128, 128)
    with pytest.raises(ValueError, match="read-only"):
        camera.origins(128, 128)[0, 0] = 0
