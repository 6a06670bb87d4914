"""Numbers that the fairseq plug-in and the export share."""

TRUSTED_HZ = 11_000.0
"""Above this the training material holds nothing: the vocoder keeps its plain rule there."""
EDGE_FRAMES = 8
"""Frames at both ends of a training segment that the vocoder's loss leaves out."""
