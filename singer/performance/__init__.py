"""Phrases to performances: timing, pitch, dynamics and breaths by rules, as an editable document."""
