"""Only rows that are all but silent move, never up, never below the floor, and in order."""

import numpy as np

from singer.closures import FLOOR_DB, SILENT_DB, deepen_closures

DB = 20 / np.log(10)


def rows(levels_db: np.ndarray) -> np.ndarray:
    tilt = np.linspace(1.0, -1.0, 96)
    return (levels_db[:, None] / DB + tilt).astype(np.float32)


def test_what_can_be_heard_stays() -> None:
    heard = rows(np.array([0.0, -30.0, -60.0, SILENT_DB + 0.1]))
    np.testing.assert_array_equal(deepen_closures(heard), heard)


def test_a_row_goes_down_by_what_it_lies_below_the_limit() -> None:
    found = deepen_closures(rows(np.array([SILENT_DB - 6.0])))
    np.testing.assert_allclose(found.mean() * DB, SILENT_DB - 12.0, atol=1e-3)
    np.testing.assert_allclose(np.diff(found[0]), np.diff(rows(np.zeros(1))[0]), atol=1e-5)


def test_the_floor_holds_and_order_is_kept() -> None:
    levels_db = np.linspace(-110.0, -50.0, 200)
    after_db = deepen_closures(rows(levels_db)).mean(axis=1) * DB
    assert (after_db <= levels_db + 1e-3).all()
    moved = levels_db > FLOOR_DB
    assert (after_db[moved] >= FLOOR_DB - 1e-3).all()
    np.testing.assert_allclose(after_db[~moved], levels_db[~moved], atol=1e-3)
