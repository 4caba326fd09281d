"""Commands and options. Heavy modules are imported by the command that needs them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.calendar import DEFAULT_QUARTERS, DISCOUNT_RATE
from sim.cli.designs import IndexPrecision, answer, discover, frontier, sensitivity
from sim.cli.doctor import doctor
from sim.cli.exporting import export
from sim.cli.options import (
    AllowExtensions,
    DiscountRate,
    Focus,
    Lang,
    Out,
    Parameters,
    PrecisionOf,
    PrecisionWidth,
    Quarters,
    Quick,
    Quiet,
    Replicates,
    ReportFormats,
    SameBudget,
    SameSpending,
    Scenarios,
    Seed,
    Workers,
    World,
    Worlds,
)
from sim.cli.paging import page
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.cli.orders import Order
    from sim.cli.precision import Precision
    from sim.scenarios.scenario import Scenario
    from sim.scenarios.spending import EqualSpending

app = typer.Typer(
    name="sim",
    help="Partnerships for the SDGs between Japan's municipalities, companies and financial institutions.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help comes twice as fast
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def top(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Partnerships for the SDGs between Japan's municipalities, companies and financial institutions."""
    from sim.cli.listing import version_line

    if version:
        print(version_line())
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())


@app.command()
def run(
    scenarios: Scenarios,
    world: World = None,
    replicates: Replicates = None,
    quarters: Quarters = str(DEFAULT_QUARTERS),
    seed: Seed = 1,
    out: Out = None,
    workers: Workers = None,
    parameters: Parameters = None,
    worlds: Worlds = None,
    lang: Lang = "en",
    quick: Quick = False,
    quiet: Quiet = False,
    allow_extensions: AllowExtensions = False,
) -> int:
    """Run scenarios; print a summary and write a results folder."""
    from sim.cli.orders import Order

    study = (world, replicates, quarters, seed, out, workers, lang, quick, quiet)
    order = Order.given(*study, parameters=parameters, worlds=worlds)
    return _carried_out(order, _loaded(scenarios, order, allow_extensions), None)


@app.command()
def compare(
    baseline: Annotated[str, typer.Argument(help="Scenario to compare with.", show_default=False)],
    scenarios: Scenarios,
    world: World = None,
    replicates: Replicates = None,
    quarters: Quarters = str(DEFAULT_QUARTERS),
    seed: Seed = 1,
    out: Out = None,
    workers: Workers = None,
    equal_budget: SameBudget = None,
    equal_spending: SameSpending = None,
    precision: PrecisionWidth = None,
    precision_of: PrecisionOf = None,
    focus: Focus = None,
    discount_rate: DiscountRate = DISCOUNT_RATE,
    parameters: Parameters = None,
    worlds: Worlds = None,
    lang: Lang = "en",
    quick: Quick = False,
    quiet: Quiet = False,
    allow_extensions: AllowExtensions = False,
) -> int:
    """Run scenarios with the same draws as a baseline; print their effects, draw figures, write a report."""
    from sim.cli.orders import Order, with_equal_budget
    from sim.cli.precision import LIMIT, QUICK_LIMIT, Precision
    from sim.cli.spending import made_equal

    wanted = Precision.given(precision, precision_of)
    if wanted is not None and replicates is None:
        replicates = QUICK_LIMIT if quick else LIMIT
    if equal_budget is not None and equal_spending is not None:
        raise InputError("--equal-budget and --equal-spending: give one of the two")
    options = (out, workers, lang, quick, quiet, discount_rate, focus, parameters, worlds)
    order = Order.given(world, replicates, quarters, seed, *options)
    base, *others = _loaded([baseline, *scenarios], order, allow_extensions)
    equal = None
    if equal_budget is not None:
        others = with_equal_budget(order, base, others, equal_budget)
    if equal_spending is not None:
        others, equal = made_equal(order, base, others, equal_spending)
    return _carried_out(order, [base, *others], base.name, wanted, equal)


@app.command()
def batch(
    file: Annotated[Path, typer.Argument(metavar="EXPERIMENT.yaml", help="Experiment.", show_default=False)],
    out: Out = None,
    workers: Workers = None,
    scheduler: Annotated[
        str,
        typer.Option(
            help="processes, threads, or the address of a Dask scheduler (tcp://host:port).", metavar="WHERE"
        ),
    ] = "processes",
    shard: Annotated[
        str | None,
        typer.Option(
            help="Run part I of N only, as for job arrays; the parts may run at the same time.",
            metavar="I/N",
            show_default=False,
        ),
    ] = None,
    replicates: Annotated[
        int | None,
        typer.Option(help="Replicates instead of those in the file.", metavar="N", show_default=False),
    ] = None,
    retry_failed: Annotated[
        bool,
        typer.Option(
            "--retry-failed",
            help="Try the runs that failed again, also with a mended extension: name the folder with --out.",
        ),
    ] = False,
    lang: Lang = "en",
    quick: Annotated[
        bool, typer.Option("--quick", help="The small version that the file describes, to see it work.")
    ] = False,
    quiet: Quiet = False,
    allow_extensions: AllowExtensions = False,
) -> int:
    """Run a designed experiment; what is done already in its folder is not run again."""
    from dataclasses import replace

    from sim.batch.experiment_file import load_with_sources
    from sim.batch.experiment_warnings import experiment_warnings
    from sim.batch.limits import MOST_REPLICATES
    from sim.cli.batch import parse_shard, run_batch
    from sim.cli.orders import refuse_outside, worker_count
    from sim.cli.output import warn
    from sim.cli.targets import refuse_misplaced, unscaled

    part, hands = parse_shard(shard), worker_count(workers)
    if replicates is not None:
        refuse_outside("--replicates", replicates, 1, MOST_REPLICATES)
    loaded = load_with_sources(file, quick, allow_extensions)
    experiment = loaded.experiment
    world = experiment.source or experiment.world
    lines = [*experiment_warnings(loaded, lang), *unscaled(experiment.scenarios, world, lang)]
    warn(lines, lang, quiet)
    refuse_misplaced(loaded.scenarios, world, experiment.seed)
    if replicates is not None:
        experiment = replace(experiment, replicates=replicates)
    return run_batch(experiment, out, hands, scheduler, part, lang, quiet, retry_failed)


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Results folder.", show_default=False)],
    sample: Annotated[int, typer.Option(help="Runs to try.", metavar="N", min=1)] = 20,
    seed: Annotated[int, typer.Option(help="Seed of the sample.", metavar="N")] = 0,
    lang: Lang = "en",
    quiet: Quiet = False,
    allow_extensions: AllowExtensions = False,
) -> int:
    """Run a sample of the stored runs again and compare them with what is stored."""
    from sim.batch.verify import verify as run_again
    from sim.cli.batch import print_verification
    from sim.cli.stages import Stages
    from sim.text import say

    with Stages(quiet, lang).shown() as stages:
        found = run_again(
            folder,
            sample,
            seed,
            allow_extensions,
            lambda done, total: stages.runs(say("cli.verifying", lang), done, total),
        )
    return print_verification(folder, found, lang)


def _loaded(references: Sequence[str], order: Order, allow_extensions: bool) -> list[Scenario]:
    """Scenarios by name or file, after what deserves a word about them has been said."""
    from sim.batch.design_warnings import about_equal_scenarios
    from sim.cli.output import warn
    from sim.cli.targets import refuse_misplaced, unscaled
    from sim.scenarios.scenario import load_all
    from sim.scenarios.warnings import scenario_warnings

    loaded = load_all(references, allow_extensions)
    scenarios = [one.scenario for one in loaded]
    refuse_misplaced(loaded, order.world, order.seed)
    lines = scenario_warnings(loaded, order.quarters, order.language)
    lines += about_equal_scenarios(scenarios, order.language)
    lines += unscaled(scenarios, order.world, order.language)
    warn(lines, order.language, order.quiet)
    return scenarios


def _carried_out(
    order: Order,
    scenarios: Sequence[Scenario],
    baseline: str | None,
    precision: Precision | None = None,
    equal: EqualSpending | None = None,
) -> int:
    from sim.cli.running import carry_out

    return carry_out(order, scenarios, baseline, precision, equal)


app.command()(frontier)


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Results folder.", show_default=False)],
    focus: Focus = None,
    discount_rate: DiscountRate = DISCOUNT_RATE,
    format: ReportFormats = None,
    lang: Lang = "en",
    quiet: Quiet = False,
) -> int:
    """Draw the figures and write report.html for a results folder: of scenarios, or of a design."""
    from sim.cli.running import report_on

    return report_on(folder, lang, quiet, discount_rate, focus, format or [])


@app.command()
def check(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="Scenario or experiment files, or worlds (CSV).", show_default=False
        ),
    ],
    parameters: Parameters = None,
    worlds: Worlds = None,
    precision: IndexPrecision = None,
    lang: Lang = "en",
    allow_extensions: AllowExtensions = False,
) -> int:
    """Validate scenarios, experiments and worlds; of an experiment, tell its runs, time and disk."""
    from sim.cli.listing import check_files

    return check_files(files, lang, allow_extensions, parameters, worlds, precision)


@app.command()
def calibrate(
    runs: Annotated[
        int | None, typer.Option(help="Runs of each wave.  [default: 2000]", metavar="N", show_default=False)
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            help="Use only what was observed until the end of this quarter.",
            metavar="QUARTER",
            show_default=False,
        ),
    ] = None,
    seed: Seed = 1,
    out: Out = None,
    workers: Workers = None,
    write: Annotated[
        bool,
        typer.Option("--write", help="Renew the posterior of the package and its tables in docs/validation."),
    ] = False,
    confirm: Annotated[
        bool,
        typer.Option(
            "--confirm", help="Only mark the posterior as this model's, if the model gives the same runs."
        ),
    ] = False,
    lang: Lang = "en",
    quick: Annotated[
        bool, typer.Option("--quick", help="A first look: few runs, rough; not to be used.")
    ] = False,
    quiet: Quiet = False,
) -> int:
    """Find which parameters agree with what was observed in Japan, and how sure that makes of them."""
    from sim.cli.calibrating import calibrate as carry_out
    from sim.cli.calibrating import confirm as confirmed
    from sim.cli.calibrating import request_of
    from sim.cli.orders import worker_count

    if quick and write:
        raise InputError("--quick and --write: give one of the two; the package holds no first look")
    request = request_of(runs, until, seed, quick)
    if confirm:
        return confirmed(worker_count(workers), lang, quiet)
    return carry_out(request, out, worker_count(workers), write, until, lang, quiet)


@app.command()
def validate(
    forecast: Annotated[
        bool, typer.Option("--forecast", help="Make the forecast (docs/forecast) instead of the validation.")
    ] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Write the tables instead of comparing them with the stored ones.")
    ] = False,
    parameters: Annotated[
        str, typer.Option(help="Sets of parameters: posterior, or a CSV file.", metavar="SETS")
    ] = "posterior",
    docs: Annotated[Path, typer.Option(help="Folder of the stored tables.", metavar="DIR")] = Path("docs"),
    workers: Workers = None,
    lang: Lang = "en",
    quick: Annotated[
        bool, typer.Option("--quick", help="A few runs, to see it work; nothing is compared.")
    ] = False,
    quiet: Quiet = False,
) -> int:
    """Hold the model against what was observed; compare the tables with those stored in docs/."""
    from sim.cli.orders import worker_count
    from sim.cli.validate import validate as made_again

    return made_again(forecast, write, quick, parameters, docs, worker_count(workers), lang, quiet)


app.command()(answer)
app.command()(export)


@app.command("list")
def list_(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT", help="scenarios, levers, parameters, outcomes or worlds.", show_default=False
        ),
    ],
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Show all that is known of these.", show_default=False),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    lang: Lang = "en",
) -> None:
    """List what there is; with names, show each of them whole."""
    from sim.cli.lists import print_list

    print_list(what, names or [], json, lang)


@app.command()
def cite() -> None:
    """Print version, model version and a BibTeX entry."""
    from sim.cli.listing import citation

    print(citation())


for _other in (sensitivity, discover, page, doctor):
    app.command()(_other)
