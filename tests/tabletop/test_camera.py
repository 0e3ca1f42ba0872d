"""The camera: rays and projection are inverse to each other."""

import numpy as np
import pytest

from lumina.tabletop import camera
from lumina.tabletop.scenes import FRAMES


@pytest.mark.parametrize("frame", FRAMES)
def test_ground_points_project_back_to_their_pixel(frame):
    for pixel in [(0.0, frame[1] - 1.0), (frame[0] / 2, frame[1] / 2), (frame[0] - 3.5, frame[1] * 0.6)]:
        x, y = camera.to_ground(*pixel, *frame)
        back = camera.project(np.array([[x, y, 0]], dtype=np.float32), *frame)[0]
        assert np.allclose(back, pixel, atol=1e-2)


def test_rays_are_unit_and_pass_through_their_pixels():
    rays = camera.rays(96, 160, 2)
    assert rays.shape == (320, 192, 3)
    assert np.allclose(np.linalg.norm(rays, axis=-1), 1, atol=1e-5)
    points = camera.EYE + 3 * rays.reshape(-1, 3)[[0, 12345, -1]]
    cols, rows = np.array([0, 12345 % 192, 191]), np.array([0, 12345 // 192, 319])
    assert np.allclose(camera.project(points, 96, 160), np.stack([cols, rows], -1) / 2 + 0.25, atol=1e-2)


def test_rays_are_shared_and_read_only():
    assert camera.rays(128, 128) is camera.rays(128, 128)
    with pytest.raises(ValueError, match="read-only"):
        camera.rays(128, 128)[0, 0] = 0
