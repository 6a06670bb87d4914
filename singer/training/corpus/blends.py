"""The timbres of the corpus: mixes of the teacher's speakers."""

from __future__ import annotations

from collections.abc import Mapping

from singer.training.teacher import Blend

SPEAKERS: tuple[str, ...] = ("jf_alpha", "jf_gongitsune", "jf_nezumi", "jf_tebukuro", "jm_kumo")
"""The teacher's speakers; no voice is one of them."""

_KUMO: Mapping[str, float] = {"jm_kumo": 1.0}

BLENDS: Mapping[str, Blend] = {
    blend.name: blend
    for blend in (
        Blend("suyin", {"jf_alpha": 0.3, "jf_nezumi": 0.3, "jm_kumo": 0.4}, _KUMO),
        Blend("blend1", {"jf_gongitsune": 0.6, "jm_kumo": 0.4}, _KUMO),
        Blend("blend2", {"jf_nezumi": 0.6, "jm_kumo": 0.4}, _KUMO),
        Blend("blend3", {"jf_tebukuro": 0.35, "jm_kumo": 0.4, "jf_gongitsune": 0.25}, _KUMO),
        Blend("blend4", {"jf_alpha": 0.6, "jm_kumo": 0.4}, _KUMO),
        Blend("blend5", {"jf_alpha": 0.3, "jf_tebukuro": 0.3, "jm_kumo": 0.4}, _KUMO),
        Blend("blend6", {"jf_alpha": 0.9, "jf_tebukuro": -0.4, "jm_kumo": 0.5}, _KUMO),
        Blend("blend7", {"jf_gongitsune": 0.9, "jf_nezumi": -0.4, "jm_kumo": 0.5}, _KUMO),
        Blend("blend8", {"jf_tebukuro": 0.9, "jf_nezumi": -0.4, "jm_kumo": 0.5}, _KUMO),
        Blend("blend9", {"jf_nezumi": 0.9, "jf_gongitsune": -0.4, "jm_kumo": 0.5}, _KUMO),
        Blend("blend10", {"jf_nezumi": 0.3, "jf_tebukuro": 0.3, "jm_kumo": 0.4}, _KUMO),
        Blend("blend11", {"jf_alpha": 0.9, "jf_nezumi": -0.4, "jm_kumo": 0.5}, _KUMO),
        Blend("eval1", {"jf_alpha": 0.35, "jf_gongitsune": 0.35, "jm_kumo": 0.3}, _KUMO),
        Blend("eval2", {"jf_tebukuro": 0.5, "jm_kumo": 0.5}, _KUMO),
        Blend("eval3", {"jm_kumo": 0.8, "jf_alpha": 0.2}, _KUMO),
    )
}
"""Timbre name to mix, chosen by what recognisers understand of each in every language (``bench/mixes.py``).

Names that begin with ``eval`` are for measuring and are never trained on as a singer."""
