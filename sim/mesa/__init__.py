"""The simulator as a Mesa model: PartnershipModel, its agents as views of rows, and a SolaraViz app.

Nothing here is imported by the rest of the package but by name, for Mesa users.
"""
