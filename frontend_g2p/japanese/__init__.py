"""Japanese lyrics: kana by rule, kanji through pyopenjtalk and an overlay of song readings; one syllable per mora."""

from frontend_g2p.japanese.reader import read_japanese

__all__ = ["read_japanese"]
