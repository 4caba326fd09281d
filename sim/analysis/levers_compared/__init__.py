"""Levers at equal spending: what each gains, what the next unit costs, in how many futures it is cheapest.

``python -m sim.analysis.levers_compared`` writes docs/levers_compared.md, and its numbers as CSV.
"""
