"""Metrics: known values, and the limits of each."""

import math

import numpy as np
import pytest

from lumina.worlds import metrics


def test_psnr():
    truth = np.zeros((4, 4, 3), dtype=np.uint8)
    assert metrics.psnr(truth, truth) == math.inf
    assert metrics.psnr(truth + 255, truth) == pytest.approx(0)
    assert metrics.psnr(truth + 5, truth) == pytest.approx(20 * math.log10(255 / 5))


def test_depth_figures():
    truth = np.array([[1.0, 2.0], [4.0, 8.0]])
    assert metrics.abs_rel(truth * 1.1, truth) == pytest.approx(0.1)
    assert metrics.delta1(truth * [[1.2, 1.3], [0.85, 0.7]], truth) == 0.5


def test_normal_angle():
    up, right = np.array([[0, 0, 1.0]]), np.array([[2.0, 0, 0]])
    assert metrics.normal_angle(up, up) == pytest.approx(0, abs=1e-5)
    assert metrics.normal_angle(up, right) == pytest.approx(90)
    assert metrics.normal_angle(up + right / 2, up) == pytest.approx(45)


def test_edges_may_be_one_pixel_aside():
    lines = np.zeros((20, 20), dtype=bool)
    lines[10] = True
    assert metrics.edge_f1(lines, lines) == 1
    assert metrics.edge_f1(np.roll(lines, 1, axis=0), lines) == 1
    assert metrics.edge_f1(np.roll(lines, 2, axis=0), lines) == 0
    both = lines | np.roll(lines, 5, axis=0)
    assert metrics.edge_f1(both, lines) == pytest.approx(2 / 3)


def test_edges_of_empty_maps():
    none, lines = np.zeros((5, 5), dtype=bool), np.eye(5, dtype=bool)
    assert metrics.edge_f1(none, none) == 1
    assert metrics.edge_f1(lines, none) == metrics.edge_f1(none, lines) == 0


def test_mean_iou():
    truth = np.array([[0, 0, 1, 1]])
    assert metrics.mean_iou(truth, truth) == 1
    assert metrics.mean_iou(np.array([[0, 1, 1, 1]]), truth) == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert metrics.mean_iou(np.array([[2, 2, 2, 2]]), truth) == 0


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (0, 0, 0, 1),
        (0, 10, 0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_wilson_interval(successes, trials, low, high):
    assert metrics.wilson(successes, trials) == pytest.approx((low, high), abs=1e-4)


def test_perplexity():
    assert metrics.perplexity(np.array([5, 5, 5, 5, 0])) == pytest.approx(4)
    assert metrics.perplexity(np.array([9, 0])) == pytest.approx(1)


def test_instances_are_matched_by_overlap_where_numbers_say_nothing():
    truth = np.zeros((4, 8), np.uint8)
    truth[:2, :4], truth[2:, 4:] = 1, 2
    swapped = np.array([0, 2, 1], np.uint8)[truth]
    assert metrics.instance_iou(swapped, truth) == 0 and metrics.matched_iou(swapped, truth) == 1
    assert metrics.matched_iou(np.where(truth == 1, 1, 0), truth) == 0.5
    assert metrics.matched_iou(np.zeros_like(truth), truth) == 0
    assert metrics.matched_iou(swapped, np.zeros_like(truth)) == 1  # specks of eight pixels


def test_a_segment_of_nothing_counts_against_the_others():
    truth = np.zeros((32, 32), np.uint8)
    truth[:16, :16] = 1
    invented = truth.copy()
    invented[24:, 24:] = 2
    assert metrics.instance_iou(invented, truth) == metrics.matched_iou(invented, truth) == 0.5
    assert metrics.instance_iou(invented, np.zeros_like(truth)) == 0
    assert metrics.matched_iou(invented, np.zeros_like(truth)) == 0
