"""What a voice is on disk: the manifest, the loader, and the voices that ship with the engine."""
