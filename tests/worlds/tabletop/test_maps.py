"""Maps: pictures of depth, normals, segments and edges can be read back."""

import numpy as np
import pytest

from lumina.worlds import segments
from lumina.worlds.tabletop import maps
from lumina.worlds.tabletop.render import render
from lumina.worlds.tabletop.scenes import Scene, Solid

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


def test_segments_go_in_the_order_in_which_a_drawing_comes_to_them(rendering):
    ordered = segments.by_drawing_order(rendering.instances)
    assert (segments.segments_of(segments.segmentation_picture(rendering.instances)) == ordered).all()
    assert ((ordered > 0) == (rendering.instances > 0)).all()
    patches = ordered.reshape(16, 8, 16, 8).swapaxes(1, 2).reshape(256, 64)
    met = [int(i) for patch in patches for i in np.unique(patch) if i]
    assert list(dict.fromkeys(met)) == list(range(1, int(ordered.max()) + 1))


def test_solids_that_begin_in_one_row_of_codes_go_from_left_to_right():
    instances = np.zeros((32, 32), np.uint8)
    instances[8:20, 20:28] = 5  # higher by pixels, in the same row of codes
    instances[11:20, 4:12] = 9
    instances[2:6, 24:30] = 7
    assert [int(segments.by_drawing_order(instances)[at]) for at in ((3, 25), (12, 5), (12, 22))] == [1, 2, 3]


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
    picture = segments.segmentation_picture(instances)
    assert (picture[:, 5:] == picture[:, 4:5]).all() and len(np.unique(picture[0], axis=0)) == 5
