"""English lyrics: words to ARPAbet syllables, from context, dictionaries, word parts and, last, a network."""

from frontend_g2p.english.reader import read_arpabet, read_english
from frontend_g2p.english.variants import fit_syllables

__all__ = ["fit_syllables", "read_arpabet", "read_english"]
