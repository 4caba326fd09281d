"""Who becomes an SDGs FutureCity: which mechanism adds information about places it has not seen.

``python -m sim.analysis.futurecity --write docs/futurecity.md`` makes the page.
"""
