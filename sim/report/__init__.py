"""Figures and the report: tidy tables in, matplotlib figures and one HTML file out."""
