"""Try every mutation: ``python -m tests.mutations [--write docs/mutations.md]``.

Prints the verdicts as JSON, one line each; ``--write`` makes the page of them instead.
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
    for name, verdict in verdicts({SOUND: None} | MUTATIONS):
        print(json.dumps({"name": name} | verdict._asdict()), flush=True)


if __name__ == "__main__":
    main()
