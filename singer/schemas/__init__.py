"""Published JSON Schemas of the engine's documents; ``python -m singer.schemas`` makes them."""
