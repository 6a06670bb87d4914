"""The ways into the engine: today the command line ``singer``."""
