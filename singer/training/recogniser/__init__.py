"""A small phone recogniser, trained on teacher timbres that no voice learns from: the ear of the
intelligibility benchmark.
"""
