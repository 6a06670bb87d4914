"""Builds the training corpus: the teacher speaks and sings material that covers all four languages."""
