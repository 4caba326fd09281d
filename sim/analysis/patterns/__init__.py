"""The model with default parameters beside what has been observed, hits and misses alike.

``python -m sim.analysis.patterns --replicates 20 --write docs/patterns.md`` makes the page.
"""
