"""Numbers of acts and rules that are no parameters: why each is fixed, how it is halved and doubled."""

from __future__ import annotations

from typing import NamedTuple

from tests.fixed.scan import Number


class Change(NamedTuple):
    """A change of a source file below ``sim/``; ``old`` stands in it once."""

    file: str
    old: str
    new: str


class Fixed(NamedTuple):
    """A number that is fixed by design.

    Attributes:
        what: what it says.
        why: why it is no parameter.
        numbers: where it stands.
        half, double: how the model is run with about half and twice of it; empty where that makes no sense,
            because the number is a unit, a law or a layout.
    """

    what: str
    why: str
    numbers: tuple[Number, ...]
    half: tuple[Change, ...] = ()
    double: tuple[Change, ...] = ()


def constant(what: str, why: str, file: str, name: str, value: float, half: float, double: float) -> Fixed:
    """A named constant of one file, as ``name = value``."""
    text = f"{name} = {value}\n"
    return Fixed(
        what,
        why,
        (Number(file, name, float(value)),),
        (Change(file, text, f"{name} = {half}\n"),),
        (Change(file, text, f"{name} = {double}\n"),),
    )


def sized(file: str, sizes: dict[str, int], factor: float) -> tuple[Change, ...]:
    """Several constants of one file, all times the same factor."""
    return tuple(
        Change(file, f"{name} = {size}\n", f"{name} = {max(1, int(size * factor))}\n")
        for name, size in sizes.items()
    )


CANDIDATES, DEALS = "acts/candidates.py", "acts/deals.py"
GROUPS, PROGRESS = "acts/groups.py", "acts/progress.py"
EXECUTION, FUTURECITY = "acts/execution.py", "acts/futurecity.py"
_SEEN = {"ATTENTION": 20, "_DRAWN": 8, "_TRUSTED": 12}
_TENORS = "5, 7, 7, 5, 3, 15, 15, 5, 10, 5, 15, 7, 12, 7, 10, 5, 3], np.float64)"
_TRIES = "how often a draw that misses is repeated: lists do not rescale a draw, so that runs stay paired"

#: Sizes and durations whose effect is measured.
DESIGN: tuple[Fixed, ...] = (
    Fixed(
        "Companies that a post sees: 20 on the platform, 8 drawn and 12 trusted in the own network",
        "size of an array; bounded attention",
        tuple(Number(CANDIDATES, name, float(size)) for name, size in _SEEN.items()),
        sized(CANDIDATES, _SEEN, 0.5),
        sized(CANDIDATES, _SEEN, 2.0),
    ),
    constant("Tries per company drawn in the own network", _TRIES, CANDIDATES, "_TRIES", 6, 3, 12),
    constant(
        "Companies that an intermediary introduces",
        "size of a list; how often one is at work is `intermediary_reach`",
        CANDIDATES, "_INTRODUCED", 4, 2, 8,
    ),
    constant("Tries per lender asked", _TRIES, DEALS, "_TRIES", 6, 3, 12),
    Fixed(
        "Tenor of a loan by goal, 3 to 15 years",
        "a table by goal (ODD, section 6): long for infrastructure and energy; `tenor_factor` lifts all",
        tuple(Number(DEALS, "TENOR_YEARS", float(years)) for years in (3, 5, 7, 10, 12, 15)),
        (Change(DEALS, _TENORS, f"{_TENORS} * 0.5"),),
        (Change(DEALS, _TENORS, f"{_TENORS} * 2.0"),),
    ),
    constant("Tries per seat in a subcommittee", _TRIES, GROUPS, "_TRIES", 8, 4, 16),
    constant(
        "Population of which `project_effect` speaks",
        "a unit: 23,600 is the median; another one rescales `project_effect`",
        PROGRESS, "_MEDIAN_POPULATION", 23600.0, 11800.0, 47200.0,
    ),
    constant(
        "Least population by which an effect is divided", "four towns of Fukushima had none in 2015",
        PROGRESS, "_LEAST_POPULATION", 200.0, 100.0, 400.0,
    ),
    Fixed(
        "Fiscal strength at which `approval_constant` holds",
        "a unit: 0.45 is about the median; another one shifts `approval_constant`",
        (Number("agents/municipality.py", "approval_probability", 0.45),),
        (Change("agents/municipality.py", "fiscal_strength / 0.45", "fiscal_strength / 0.225"),),
        (Change("agents/municipality.py", "fiscal_strength / 0.45", "fiscal_strength / 0.9"),),
    ),
    constant(
        "Agreements that a municipality keeps", "width of a column; those beyond it are not signed",
        "kernel/state.py", "AGREEMENTS", 32, 16, 64,
    ),
)  # fmt: skip

#: Not in the acts, so the test does not look for them, but they decide much: sizes, and traits of a world.
ELSEWHERE: tuple[Fixed, ...] = (
    constant(
        "Partners whom a municipality remembers", "width of a column; a large city signs with about as many",
        "kernel/state.py", "PARTNERS", 32, 16, 64,
    )._replace(numbers=()),
    constant(
        "Neighbours of a municipality", "width of a trait; their weights fall with distance",
        "kernel/world.py", "NEIGHBOURS", 30, 15, 60,
    )._replace(numbers=()),
    Fixed(
        "Intercept of base capacity, -1", "trait of a world ([data.md](data.md)): mean capacity .31",
        (),
        (Change("worlds/build.py", "logistic(-1.0 +", "logistic(-0.5 +"),),
        (Change("worlds/build.py", "logistic(-1.0 +", "logistic(-2.0 +"),),
    ),
    Fixed(
        "Slots of a municipality, 1.5 sqrt(population / median)", "trait of a world: projects at once",
        (),
        (Change("worlds/build.py", "np.rint(1.5 *", "np.rint(0.75 *"),),
        (Change("worlds/build.py", "np.rint(1.5 *", "np.rint(3.0 *"),),
    ),
    Fixed(
        "Pareto index of companies' slots, 1.1", "trait of a world: how few hold many partnerships",
        (),
        (Change("worlds/chance.py", ".pareto(1.1,", ".pareto(0.55,"),),
        (Change("worlds/chance.py", ".pareto(1.1,", ".pareto(2.2,"),),
    ),
)  # fmt: skip

#: Units, laws and layout: what halving them would mean is another model, or nothing.
IDENTITIES: tuple[Fixed, ...] = (
    Fixed(
        "Four quarters a year", "calendar",
        tuple(
            Number(file, scope, 4.0)
            for file, scope in (
                ("acts/agreements.py", "sign_agreements"), ("acts/booking.py", "new_row"),
                (DEALS, "value_project"), (GROUPS, "_coach"), (GROUPS, "hold_study_groups"),
                (GROUPS, "_hold_subcommittees_of"), ("agents/project.py", "repaid_in"),
            )
        ),
    ),
    Fixed(
        "A mayor's term of 16 quarters", "by law four years; read only with `election_gate`",
        (Number("acts/adoption.py", "_TERM", 16.0),),
    ),
    Fixed(
        "Two sweeps over the sizes, up and down", "algorithm",
        (Number("acts/adoption.py", "similar_size_share", 2.0),),
    ),
    Fixed(
        "Three terms of the friction", "layout of a column",
        (
            Number("acts/booking.py", "book_proposal", 3.0),
            Number("acts/conversion.py", "convert_meetings", 3.0),
        ),
    ),
    Fixed(
        "Three dimensions, and which goal is of which", "codes: economy, society, environment",
        (Number(FUTURECITY, "DIMENSION", 2.0), Number(FUTURECITY, "_spread_of_dimensions", 3.0)),
    ),
    Fixed(
        "Keys of draws: 16 per seat, 2 per quarter", "tell draws apart; any others do as well",
        (
            Number(CANDIDATES, "_draw_free", 16.0), Number(DEALS, "_pick", 16.0),
            Number(GROUPS, "_seat_members", 16.0), Number(DEALS, "value_project", 2.0),
            Number(EXECUTION, "_project_id", 2.0),
        ),
    ),
    Fixed(
        "Goal 17 has number 16; there are 17 goals and 12 size classes of width 0.5",
        "layout of traits and columns",
        (
            Number(PROGRESS, "_PARTNERSHIPS", 16.0), Number(PROGRESS, "_CLASS_WIDTH", 0.5),
            Number("kernel/world.py", "GOALS", 17.0), Number("kernel/world.py", "SIZE_CLASSES", 12.0),
        ),
    ),
    Fixed(
        "1e-9 of a unit", "what money buys is not one unit less for a rounding error",
        (Number("agents/government.py", "affordable", 1e-9),),
    ),
)  # fmt: skip
