"""``sim page``: the simulator in a browser."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import Lang, Seed, World
from sim.cli.terminal import of_files
from sim.errors import InputError

_Threads = Annotated[
    int | None,
    typer.Option(help="Threads that run.  [default: one per core]", metavar="N", show_default=False),
]


def page(
    port: Annotated[int, typer.Option(help="Port; 0 for a free one.", metavar="N", min=0, max=65535)] = 8000,
    host: Annotated[
        str, typer.Option(help="Address to listen at; beyond this machine a token is asked for.", metavar="H")
    ] = "127.0.0.1",
    world: World = None,
    seed: Seed = 1,
    workers: _Threads = None,
    results: Annotated[
        Path | None,
        typer.Option(
            help="Browse the results folders in this folder, too.", metavar="DIR", show_default=False
        ),
    ] = None,
    lang: Lang = "en",
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")] = False,
) -> int:
    """Open the simulator in a browser: move levers, compare, share by link."""
    from sim.cli.orders import WORLD, refuse_outside, worker_count

    refuse_outside("--seed", seed, 0, 2**63 - 1)
    threads = worker_count(workers)
    if results is not None and not results.is_dir():
        raise InputError(f"--results: {results} is no folder")
    missing = [name for name in ("starlette", "uvicorn", "vl_convert") if find_spec(name) is None]
    if missing:
        raise InputError(
            "page: it is not installed; `make demo` installs it, or the extra sdgs-partnership-sim[page]"
        )
    from sim.page.serving import serve
    from sim.page.settings import Settings
    from sim.worlds import municipalities_of

    world = WORLD if world is None else world
    municipalities_of(world)  # refuses what is no world before anybody waits for it
    settings = Settings(
        world, seed, workers=threads, language=of_files(lang), results=results, host=host, port=port
    )
    serve(settings, not no_open)
    return 0
