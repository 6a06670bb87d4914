"""The shipped singers that were designed: ``python -m voicebanks.singers`` writes their folders again.

Their names are words, not people: sugar glass, sunlit bell, smoke and sand, deep forest.
"""

from __future__ import annotations

from voicebanks.design import Design, design_voice
from voicebanks.load import shipped_folder

SINGERS: tuple[Design, ...] = (
    Design(
        "tangli",
        {"sweet": 0.6, "young": 1.0, "feminine": 0.8, "husky": -0.2},
        mix={"blend6": 1.0},
        title="Tangli 糖璃 タンリ",
        version="2.1.0",
        range_midi=(55.0, 88.0),
        description="Sugar glass: a small, light voice with soft edges. Tangli sounds youngest of the five; vowels are "
        "narrow and sweet, consonants stay crisp, and there is little breath. At home from D4 to A5, in lullabies, quick pop and "
        "everything playful; loud drama is not for her.",
    ),
    Design(
        "yaoling",
        {"feminine": 0.5, "bright": 1.0, "husky": -1.0, "sweet": -1.0},
        mix={"blend7": 1.0},
        title="Yaoling 曜铃 ヨウレイ",
        version="2.1.0",
        range_midi=(52.0, 86.0),
        description="Sunlit bell: a clear, ringing soprano. Yaoling has a short vocal tract, open vowels and strong upper "
        "harmonics with hardly any noise, so that she is heard through a dense arrangement. At home from B3 to G5, in anthems, "
        "dance music and long held notes.",
    ),
    Design(
        "yansha",
        {"feminine": -0.4, "young": -0.5, "husky": 0.65, "bright": -0.1},
        mix={"blend7": 1.0},
        title="Yansha 烟砂 エンサ",
        version="2.1.0",
        range_midi=(43.0, 79.0),
        description="Smoke and sand: a low voice with much breath, between alto and tenor. Yansha sings close to the ear; the "
        "tone is warm below and rough with air above, and soft notes nearly dissolve. At home from A2 to D5, in ballads, folk "
        "songs and slow jazz.",
    ),
    Design(
        "shenlin",
        {"feminine": -1.0, "young": -1.0, "bright": -0.4, "husky": -0.3},
        mix={"blend6": 1.0},
        title="Shenlin 深林 シンリン",
        version="2.1.0",
        range_midi=(36.0, 76.0),
        description="Deep forest: a large, dark, steady baritone. Shenlin has the longest vocal tract of the five; formants lie "
        "low, the upper harmonics are gentle, and the tone is firm without breath. At home from F2 to A4, in hymns, slow songs "
        "and second voices.",
    ),
)
"""The designs, highest voice first."""


def main() -> None:
    """Write every folder, over what is there."""
    for design in SINGERS:
        design_voice(design, shipped_folder(), force=True)


if __name__ == "__main__":
    main()
