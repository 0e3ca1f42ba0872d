"""Maps: pictures of depth, normals, segments and edges can be read back."""

import numpy as np
import pytest

from lumina.tabletop import maps
from lumina.tabletop.render import render
from lumina.tabletop.scenes import Scene, Solid

SCENE = Scene(
    (
        Solid("cone", "cyan", "matte", "large", x=0.7, y=0.3),
        Solid("cone", "yellow", "metal", "large", x=-0.6, y=-0.6),
    )
)


@pytest.fixture(scope="module")
def rendering():
    return render(SCENE)


def test_depth_reads_back(rendering):
    back = maps.depth_of(maps.depth_picture(rendering.depth))
    assert np.abs(back / rendering.depth - 1).mean() < 0.01


def test_normals_read_back(rendering):
    back = maps.normals_of(maps.normal_picture(rendering.normals))
    whole = np.linalg.norm(rendering.normals, axis=-1) > 0.99
    assert ((back * rendering.normals).sum(-1)[whole] > 0.99).all()


def test_segments_go_from_left_to_right(rendering):
    ordered = maps.left_to_right(rendering.instances)
    assert np.nonzero(ordered == 1)[1].mean() < np.nonzero(ordered == 2)[1].mean()
    assert (maps.segments_of(maps.segmentation_picture(rendering.instances)) == ordered).all()
    assert ((ordered > 0) == (rendering.instances > 0)).all()


def test_edges_follow_the_outlines(rendering):
    lines = maps.edge_picture(rendering.picture)[..., 0] > 127
    assert 0.005 < lines.mean() < 0.1
    assert set(np.unique(maps.edge_picture(rendering.picture))) == {0, 255}


def test_all_maps_have_the_size_of_the_picture(rendering):
    pictures = maps.map_pictures(rendering)
    assert list(pictures) == ["depth", "normal", "segmentation", "canny"]
    assert all(p.shape == (128, 128, 3) and p.dtype == np.uint8 for p in pictures.values())


def test_solids_beyond_the_fourth_share_its_colour():
    instances = np.repeat(np.arange(7, dtype=np.uint8)[None], 4, axis=0)
    picture = maps.segmentation_picture(instances)
    assert (picture[:, 5:] == picture[:, 4:5]).all() and len(np.unique(picture[0], axis=0)) == 5
