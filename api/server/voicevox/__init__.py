"""The song endpoints of the VOICEVOX engine's API, sung by our singers in Japanese."""
