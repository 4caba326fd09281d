"""Structural alternatives: what the model is without, or with another form of, each of its debatable parts.

Each is calibrated the same way, scored on figures that it has not seen, and asked which lever is cheapest.
"""
