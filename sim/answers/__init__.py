"""Analysts' questions, each with its experiment, its analysis, and an answer in words with an interval."""
