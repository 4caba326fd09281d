"""Calibration: what the model is held against, what that leaves of its parameters, and how sure it is."""
