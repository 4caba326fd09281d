"""Reading results: spread, paired comparison, cost."""
