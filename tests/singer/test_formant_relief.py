"""The relief of an envelope: what is fine in it, not what is level or slope."""

import numpy as np

from singer.relief import relief_matrix


def test_relief_is_nought_for_what_is_flat_and_all_of_what_is_fine() -> None:
    relief = relief_matrix()
    np.testing.assert_allclose(np.ones(96) @ relief, 0, atol=1e-5)
    fine = np.where(np.arange(96) % 2, 1.0, -1.0)
    np.testing.assert_allclose((fine @ relief)[15:-15], fine[15:-15], atol=1e-3)
    slope = (np.arange(96) @ relief)[20:-20]
    np.testing.assert_allclose(slope, 0, atol=1e-3)
