"""How many partners municipalities, companies and lenders have."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.results.network import KINDS, Network


def degrees_of(network: Network) -> pd.Series:
    """Partners of every node of a network, by its id: others that it is tied to, however often."""
    ties = network.edges[["source", "target"]].drop_duplicates()
    both = pd.concat([ties["source"], ties["target"]])
    found: pd.Series = both.value_counts().reindex(network.nodes["id"], fill_value=0)
    return found


def degrees(network: Network) -> pd.DataFrame:
    """Distribution of the number of partners.

    Municipalities have companies for partners, lenders too; a company has all of both.

    Returns:
        ``kind``, ``degree``, ``nodes`` (that have so many partners), ``share_at_least`` (of the nodes of the
        kind that have so many or more). Nodes without a partner are no part of a network.
    """
    partners = degrees_of(network)
    kinds = network.nodes.set_index("id")["kind"]
    tables: list[pd.DataFrame] = []
    for kind in KINDS:
        found, counts = np.unique(partners[kinds == kind].to_numpy(), return_counts=True)
        share = counts[::-1].cumsum()[::-1] / max(int(counts.sum()), 1)
        tables.append(pd.DataFrame({"kind": kind, "degree": found, "nodes": counts, "share_at_least": share}))
    return pd.concat(tables, ignore_index=True)
