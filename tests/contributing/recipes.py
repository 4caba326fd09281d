"""Toys for the recipes of CONTRIBUTING.md: each edits a copy of the package and tells what came of it."""

# ruff: noqa: E501 - lines of the package are quoted whole
from __future__ import annotations

from tests.contributing.following import Recipe

HEAD = "clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns"
IMPORTS = """from sim.kernel.compiled import act
from sim.kernel.parameters import Parameters
from sim.kernel.state import Clock, Columns, Policy
from sim.kernel.world import Traits
"""

ACT = Recipe(
    made={
        "sim/acts/rest.py": f'''"""Toy: everybody rests, and half of all capacity is gone."""

{IMPORTS}

@act
def rest({HEAD}) -> None:
    """Halve the capacity of every municipality."""
    for i in range(len(state.municipalities.capacity)):
        state.municipalities.capacity[i] *= 0.5
'''
    },
    edits={
        "sim/acts/quarter.py": (
            (
                "from sim.kernel.calls import UNLINKED, call_act, fits, linked",
                "from sim.acts.rest import rest",
            ),
            ("    # 13 completed projects move the goals, and become cases for others", "    rest,"),
        ),
        "sim/extensions/declared.py": (('    "advance_goals",', '    "rest",'),),
    },
    program="""
import sim
from sim.extensions import ACTS
run = sim.simulate(sim.load_world("synthetic:10", 1), sim.load_scenario("no_policy"), 1, quarters=5)
capacity = run.series[:, run.outcomes.index("capacity_mean")]
print(ACTS[ACTS.index("learn") + 1], bool((capacity[1:] < 0.8 * capacity[:-1]).all()))
""",
    prints="rest True\n",
)

LEVER = Recipe(
    made={
        "sim/acts/lanterns.py": f'''"""Toy: lanterns are bought for all money that there is."""

from sim.acts.ledger import spend
from sim.kernel.funds import Fund
{IMPORTS}
_LANTERNS = int(Fund.LANTERNS)


@act
def hang_lanterns({HEAD}) -> None:
    """Spend this quarter's part of the money of every programme of the lever."""
    programmes = policy.programmes
    for row in programmes.rows[programmes.first[_LANTERNS] : programmes.first[_LANTERNS + 1]]:
        spend(state.ledger, state.flows, row, clock.year, state.ledger.remaining[row] / clock.quarters_left)
'''
    },
    edits={
        "sim/kernel/funds.py": (
            (
                "#: Name of each fund's lever in scenario files, in the order of the rows.",
                "    LANTERNS = 13\n",
            ),
            (")  # fmt: skip", '    "lanterns",'),
        ),
        "sim/scenarios/levers.py": (
            (
                "SETTINGS: tuple[Setting, ...] = (",
                'LEVERS += (Lever("lanterns", Fund.LANTERNS, ("promotion_contact_cost",)),)\n',
            ),
        ),
        "sim/acts/quarter.py": (
            ("from sim.acts.learning import learn", "from sim.acts.lanterns import hang_lanterns"),
            (
                "    # 6 the year's SDGs FutureCities are chosen in June; agreements and donations need no choice of projects",
                "    hang_lanterns,",
            ),
        ),
        "sim/extensions/declared.py": (('    "select_futurecities",', '    "hang_lanterns",'),),
    },
    program="""
import sim
from sim.text import label
lit = sim.load_scenario("no_policy").overlaid("lit", levers={"lanterns": 1_741.0})
run = sim.simulate(sim.load_world("synthetic:10", 1), lit, 1, quarters=8)
spent = run.series[:, run.outcomes.index("public_spending")]
print(label("lanterns", "ja"), f"{spent[3:7].sum():.3f}")
""",
    prints="提灯 10.000\n",
    words={
        "levers": (
            "  lanterns: {label: Lanterns, meaning: lanterns in every street, buys: lantern, unit_cost: any, "
            "programme: none, budget_line: none, source: a toy}",
            "  lanterns: {label: 提灯, meaning: 提灯を灯す, buys: 提灯, unit_cost: 任意, programme: なし, "
            "budget_line: なし, source: 例}",
        ),
    },
)

OUTCOME = Recipe(
    made={},
    edits={
        "sim/kernel/outcomes.py": (
            (
                '    Outcome("platform_members", _S, "members", ""),',
                '    Outcome("capacity_least", _S, "0-1", "municipalities"),',
            ),
        ),
        "sim/acts/record.py": (
            ('_PLATFORM_MEMBERS = COLUMN["platform_members"]', '_CAPACITY_LEAST = COLUMN["capacity_least"]'),
            (
                "    row[_NETWORK_MEMBERS] = _total(municipalities.network)",
                "    row[_CAPACITY_LEAST] = np.min(municipalities.capacity)",
            ),
        ),
    },
    program="""
import sim
from sim.text import label
run = sim.simulate(sim.load_world("synthetic:10", 1), sim.load_scenario("no_policy"), 1, quarters=3)
least = run.series[-1, run.outcomes.index("capacity_least")]
print(label("capacity_least", "ja"), bool(least == run.municipalities()["capacity"].min()))
""",
    prints="最小の執行力 True\n",
    words={
        "outcomes": (
            "  capacity_least: {label: Least capacity, meaning: Capacity of the least capable municipality}",
            "  capacity_least: {label: 最小の執行力, meaning: 最も執行力の低い市区町村の執行力}",
        )
    },
)

WORLD = Recipe(
    made={
        "sim/worlds/data/isle.csv": """id,name,region,latitude,longitude,population
1,Ash,North,58.1,-11.2,12000
2,Bram,North,58.4,-11.0,3400
3,Carn,South,57.2,-11.5,56000
""",
        "sim/worlds/isle.py": '''"""Toy: three places on an isle, from a packaged table."""

from pathlib import Path

from sim.kernel.world import World
from sim.worlds import from_tables, own

PLACES = 3


def build(seed: int) -> World:
    """The isle; what its table does not give is drawn with the seed."""
    return from_tables.build(own.given_by(own.read_source(str(Path(__file__).parent / "data" / "isle.csv"))), seed)
''',
    },
    edits={
        "sim/worlds/__init__.py": (
            (
                '    if name == "japan":',
                '    if name == "isle":\n        from sim.worlds import isle\n\n        return isle.build(seed)',
            ),
            (
                '    if kind == "japan":',
                '    if kind == "isle":\n        from sim.worlds.isle import PLACES\n\n        return PLACES',
            ),
            (
                '    near = nearest(kind, ("japan", "synthetic"), 0.5)',
                '    if name == "isle":\n        return name',
            ),
            ("def load_world(name: str | Source, seed: int) -> World:", 'WORLDS += ("isle",)\n\n'),
        ),
    },
    program="""
import sim
from sim.text import say
from sim.worlds import municipalities_of
run = sim.simulate(sim.load_world("isle", 1), sim.load_scenario("baseline"), 1, quarters=2)
print(municipalities_of("isle"), len(run.municipalities()["capacity"]), say("worlds.isle", "ja"))
""",
    prints="3 3 小さな島の三つの町\n",
    words={"worlds": ("  isle: three places on an isle", "  isle: 小さな島の三つの町")},
)

OWN_WORLD = Recipe(
    made={"isle.csv": WORLD.made["sim/worlds/data/isle.csv"]},
    edits={},
    program="""
import sim
run = sim.simulate(sim.load_world("isle.csv", 1), sim.load_scenario("baseline"), 1, quarters=2)
print(len(run.municipalities()["capacity"]))
""",
    prints="3\n",
)

_QUESTION = '''"""Toy: how many projects complete?"""

import pandas as pd

from sim.answers.question import Answer, Question, Words
from sim.report.style import Sheet


def analyse(results):
    """The mean over runs, with their number."""
    runs = results[0].runs("projects_completed")
    mean = runs["projects_completed"].mean()
    said = Words("On average {mean:.1f} projects complete (n = {n}).", "平均{mean:.1f}件が完了する（n={n}）。")

    def sheet(language):
        return Sheet(QUESTION.asked.said(language), "", [lambda axes: axes.plot(runs["projects_completed"])], height=1)

    table = pd.DataFrame({"projects": [mean], "n": [len(runs)]})
    return Answer((said.filled(mean=mean, n=len(runs)),), (Words("Much.", "多くに依る。"),), {"projects": table}, sheet)


QUESTION = Question("how_many", Words("How many?", "何件か"), ("how_many.yaml",), analyse)
'''
_EXPERIMENT = """name: how_many
purpose: {en: Projects that complete, ja: 完了する案件}
world: synthetic:30
quarters: 12
seed: 1
replicates: 3
scenarios: [baseline]
quick: {world: "synthetic:10", quarters: 4, replicates: 2}
"""
_ASKED = """
from sim.cli import main
assert main(["answer", "{question}", "--quick", "--out", "out", "--quiet"]) == 0
from sim.report.answered import stored_answers
from pathlib import Path
print(stored_answers(Path("out"))[0].sentences[0]["ja"][:2])
"""

ANSWER = Recipe(
    made={"sim/answers/questions/how_many.py": _QUESTION, "experiments/how_many.yaml": _EXPERIMENT},
    edits={},
    program=_ASKED.format(question="how_many"),
    prints="out\n平均\n",
)
OWN_ANSWER = Recipe(
    made={"how_many.py": _QUESTION, "how_many.yaml": _EXPERIMENT},
    edits={},
    program=_ASKED.format(question="how_many.py"),
    prints="out\n平均\n",
)

FIGURE = Recipe(
    made={
        "sim/report/meetings.py": '''"""Toy figure: meetings of every run."""

from functools import partial

import pandas as pd
from matplotlib.axes import Axes

from sim.report.style import Sheet
from sim.report.words import Names
from sim.results import Results
from sim.text import say


def meetings_data(results: Results) -> pd.DataFrame:
    """Meetings of every run: scenario, replicate, meetings."""
    return results.runs("meetings")[["scenario", "replicate", "meetings"]]


def draw_meetings(axes: Axes, data: pd.DataFrame, names: Names) -> None:
    """A mark for every run."""
    axes.plot(data["replicate"], data["meetings"], "o")


def meetings_sheet(data: pd.DataFrame, names: Names) -> Sheet:
    """The figure of meetings."""
    title = say("figures.meetings.title", names.lang, n=len(data))
    return Sheet(title, "", [partial(draw_meetings, data=data, names=names)], height=2)
'''
    },
    edits={
        "sim/report/figures.py": (
            (
                "from sim.report.money import absorbed_data, absorbed_sheet, money_data, money_sheet",
                "from sim.report.meetings import meetings_data, meetings_sheet",
            ),
            ('    "places": places_data,', '    "meetings": meetings_data,'),
            ('    "left_behind": left_behind_sheet,', '    "meetings": meetings_sheet,'),
        ),
    },
    program="""
import sim
from sim.report.report import write_report
results = sim.run("baseline", world="synthetic:10", replicates=2, quarters=4, out="out")
page = write_report("out", "en").read_text()
print("Meetings of all runs, by replicate" in page)
""",
    prints="True\n",
    words={
        "figures": ("  meetings: {title: 'Meetings of {n} runs'}", "  meetings: {title: '面談（{n}試行）'}"),
        "report.captions": (
            "    meetings: {heading: Meetings, alt: Dots, text: 'Meetings of all runs, by replicate'}",
            "    meetings: {heading: 面談, alt: 点, text: 各試行の面談}",
        ),
    },
)

VIEW = Recipe(
    made={
        "sim/page/views/meetings.py": '''"""Toy view: meetings so far."""

from sim.page.views.pairs import Pairs
from sim.page.views.view import Asked, Row, View, framed, heads
from sim.text import Language

NAME = "meetings"


def data(pairs: Pairs, at: Asked) -> Row:
    """A row of the table for every scenario."""
    quarter = pairs.quarter(at.year)
    means = [float(pairs.values(name, "meetings")[:, quarter].mean()) for name in pairs.names]
    cells = [[pairs.title(name, at.lang), mean] for name, mean in zip(pairs.names, means, strict=True)]
    return framed(pairs, at, "Meetings", "", [], heads(at, "scenario", "value"), cells)


def spec(lang: Language) -> None:
    """It has no chart."""


VIEW = View(NAME, data, spec)
'''
    },
    edits={
        "sim/page/views/__init__.py": (
            ("    money,", "    meetings,"),
            ("#: In the order of the page.", "_MODULES += (meetings,)"),
        ),
    },
    program="""
import sim
from sim.batch.experiment import Experiment
from sim.page.views import VIEWS, Asked, pairs_of
from sim.studies import Study
from sim.text import say
two = tuple(map(sim.load_scenario, ("baseline", "balanced")))
asked = Experiment("two", two, "synthetic:10", 4, replicates=2, baseline="baseline")
pairs = pairs_of(Study(asked, in_memory=True).run())
shown = VIEWS["meetings"].of(pairs, Asked("ja"))
print(say("page.views.names.meetings", "ja"), len(shown["table"]["rows"]), shown["n"])
""",
    prints="面談 2 2\n",
    words={"page.views.names": ("      meetings: Meetings", "      meetings: 面談")},
)

RECIPES = {
    "act": ACT, "lever": LEVER, "outcome": OUTCOME, "world": WORLD, "answer": ANSWER, "figure": FIGURE,
    "view": VIEW, "own world": OWN_WORLD, "own answer": OWN_ANSWER,
}  # fmt: skip
#: These change the kernel: as Python in `make test`, compiled among the slow tests.
KERNEL = ("act", "lever", "outcome")
