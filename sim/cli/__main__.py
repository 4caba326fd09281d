"""``python -m sim.cli`` is the command ``sim``."""

from sim.cli import command

if __name__ == "__main__":
    command()
