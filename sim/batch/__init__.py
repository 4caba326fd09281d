"""Running experiments: what to run, where it is stored, who runs it."""
