"""Benchmarks: every number that the project promises, measured, with the machine named. ``python -m bench
--help``.
"""
