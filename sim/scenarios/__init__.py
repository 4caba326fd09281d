"""Scenarios: what policy does, when, and what it costs."""
