"""Long work: songs that are sung in the background, and finished whatever happens to the server."""
