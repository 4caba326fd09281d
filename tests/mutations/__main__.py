"""Try mutations: ``python -m tests.mutations [NAME ...]``, all of them where none is named.

Prints the verdicts as JSON, one line each; ``--write docs/mutations.md`` makes the page of all instead.
"""

from __future__ import annotations

import argparse
import json
import os
import warnings

from sim.analysis.command import file_to_write

SOUND = "nothing is broken"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="try these only")
    parser.add_argument("--write", type=file_to_write, metavar="PAGE", help="make this page of the verdicts")
    chosen = parser.parse_args(arguments)
    os.environ["NUMBA_DISABLE_JIT"] = "1"  # before anything imports numba
    warnings.simplefilter("ignore")  # 64-bit hashing overflows on purpose, broken kernels anywhere
    from tests.mutations.page import page
    from tests.mutations.runner import verdicts
    from tests.mutations.table import MUTATIONS

    if chosen.write:
        chosen.write.write_text(page(dict(verdicts(MUTATIONS))))
        return
    tried = {SOUND: None} | MUTATIONS
    for name, verdict in verdicts({name: tried[name] for name in chosen.names or tried}):
        print(json.dumps({"name": name} | verdict._asdict()), flush=True)


if __name__ == "__main__":
    main()
