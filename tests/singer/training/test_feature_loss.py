"""What the acoustic model's loss looks at."""

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from singer.training.feature_loss import FeatureLoss

ROWS = 40


def loss_of(error: np.ndarray, weight: np.ndarray | None = None) -> float:
    """Loss of an envelope that is off by ``error`` [R, 96]."""
    wanted = torch.full((1, ROWS, 96), -6.0)
    noise = torch.full((1, ROWS, 12), 0.5)
    rows = np.ones(ROWS) if weight is None else weight
    batch = {
        "envelope": wanted,
        "aperiodicity": noise,
        "row_weight": torch.from_numpy(rows.astype(np.float32)).unsqueeze(0),
    }
    found, _ = FeatureLoss()(wanted + torch.from_numpy(error.astype(np.float32)), noise, batch)
    return float(found)


def test_a_formant_out_of_place_costs_more_than_a_level() -> None:
    level = np.full((ROWS, 96), 0.5)
    formant = np.tile(np.where(np.arange(96) // 6 % 2, 0.5, -0.5), (ROWS, 1))
    assert loss_of(formant) > 2 * loss_of(level)
    assert loss_of(level) > 0


def test_rows_without_weight_cost_nothing() -> None:
    error = np.zeros((ROWS, 96))
    error[10:20] = np.random.default_rng(0).standard_normal((10, 96))
    weight = np.ones(ROWS)
    assert loss_of(error, weight) > 0
    weight[10:20] = 0
    assert loss_of(error, weight) == 0
