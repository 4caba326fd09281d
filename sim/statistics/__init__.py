"""Contrasts, ranking and precision: arrays in, numbers out; nothing here knows a results folder."""
