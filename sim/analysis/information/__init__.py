"""What calibration changes about the choice of a lever, and what would have to be known to choose better."""
