"""The doors of REST, one module for each family."""
