"""Mouths of avatars, moved by the marks of a stream: VMC receivers and VTube Studio."""
