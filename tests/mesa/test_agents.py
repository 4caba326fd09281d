from __future__ import annotations

import numpy as np
import pytest

from sim.agents import Company, FinancialInstitution, Municipality
from sim.kernel.state import Companies, Institutions, Municipalities
from sim.kernel.world import CompanyTraits, InstitutionTraits, MunicipalityTraits
from sim.mesa.model import PartnershipModel

KINDS = {
    Municipality: (Municipalities, MunicipalityTraits),
    Company: (Companies, CompanyTraits),
    FinancialInstitution: (Institutions, InstitutionTraits),
}


@pytest.fixture(scope="module")
def model() -> PartnershipModel:
    model = PartnershipModel(world="synthetic:60")
    model.run_for(30)
    return model


def columns(model: PartnershipModel, kind: type) -> tuple[object, object]:
    state, world = model.simulation.state, model.simulation.world
    return {
        Municipality: (state.municipalities, world.municipalities),
        Company: (state.companies, world.companies),
        FinancialInstitution: (state.institutions, world.institutions),
    }[kind]


def test_there_is_one_agent_per_row(model: PartnershipModel) -> None:
    assert set(model.agent_types) == set(KINDS)
    for kind in KINDS:
        agents = model.agents_by_type[kind]
        assert len(agents) == len(columns(model, kind)[0].member)  # type: ignore[attr-defined]
        assert [agent.row for agent in agents] == list(range(len(agents)))
        assert all(type(agent) is kind for agent in agents)
    ids = model.agents.get("unique_id")
    assert sorted(ids) == list(range(1, len(model.agents) + 1))
    assert all(agent.model is model for agent in model.agents)


def test_views_are_made_once(model: PartnershipModel) -> None:
    assert model.agents.to_list()[5] is model.agents.to_list()[5]
    assert model.agents_by_type[Municipality].to_list()[5] in model.agents


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_column_is_an_attribute(model: PartnershipModel, kind: type) -> None:
    state, traits = columns(model, kind)
    for agent in model.agents_by_type[kind].to_list()[::7]:
        for table, names in ((state, KINDS[kind][0]._fields), (traits, KINDS[kind][1]._fields)):  # type: ignore[attr-defined]
            for name in set(names) - {"size_order"}:
                shadowed = table is traits and name in KINDS[kind][0]._fields  # type: ignore[attr-defined]
                attribute = f"{name}_trait" if shadowed else name
                assert np.array_equal(getattr(agent, attribute), getattr(table, name)[agent.row]), name
                assert attribute in dir(agent)
                assert getattr(kind, attribute).__doc__


def test_values_are_plain(model: PartnershipModel) -> None:
    municipality = model.agents_by_type[Municipality].to_list()[0]
    kinds = {
        name: type(getattr(municipality, name)) for name in ("adopted", "signed", "awareness", "population")
    }
    assert kinds == {"adopted": bool, "signed": int, "awareness": float, "population": float}
    municipality.goals[:] = -1.0  # a copy
    assert (municipality.goals >= 0.0).all()


def test_views_are_of_this_moment() -> None:
    model = PartnershipModel(world="synthetic:60")
    municipality = model.agents_by_type[Municipality].to_list()[0]
    before = municipality.awareness
    model.step()
    assert municipality.awareness != before


def test_selecting_aggregating_and_grouping(model: PartnershipModel) -> None:
    municipalities = model.agents_by_type[Municipality]
    state = model.simulation.state.municipalities
    adopted = municipalities.select(lambda municipality: municipality.adopted)
    assert [municipality.row for municipality in adopted] == np.flatnonzero(state.adopted).tolist()
    assert municipalities.agg("awareness", np.mean) == state.awareness.mean()
    assert municipalities.groupby("prefecture").agg("signed", sum) == {
        prefecture: state.signed[model.simulation.world.municipalities.prefecture == prefecture].sum()
        for prefecture in set(model.simulation.world.municipalities.prefecture.tolist())
    }
    institutions = model.agents_by_type[FinancialInstitution]
    assert (
        institutions.groupby("kind_name").count()["bank"]
        == (model.simulation.world.institutions.kind == 0).sum()
    )
    known = model.agents.get("awareness", handle_missing="default", default_value=None)
    assert known.count(None) == len(institutions)


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (Municipality, "awareness", 0.75),
        (Municipality, "capacity", 1.0),
        (Company, "awareness", 0.5),
        (FinancialInstitution, "skill", 0.0),
        (FinancialInstitution, "capital", 123.0),
    ],
)
def test_writing_goes_into_the_column_and_changes_the_run(kind: type, name: str, value: float) -> None:
    model, untouched = PartnershipModel(world="synthetic:60"), PartnershipModel(world="synthetic:60")
    for run in (model, untouched):
        run.run_for(12)
    model.agents_by_type[kind].set(name, value)
    assert (getattr(columns(model, kind)[0], name) == value).all()
    for run in (model, untouched):
        run.run_for(30)
    frames = [run.datacollector.get_model_vars_dataframe() for run in (model, untouched)]
    assert frames[0][:12].equals(frames[1][:12])
    assert not frames[0][12:].equals(frames[1][12:])


def test_what_may_not_be_written_is_refused(model: PartnershipModel) -> None:
    municipality, company, _ = (model.agents_by_type[kind].to_list()[0] for kind in KINDS)
    for agent, name in ((municipality, "population"), (municipality, "adopted"), (company, "slots")):
        with pytest.raises(AttributeError):
            setattr(agent, name, 1)
    for value in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match=r"awareness must lie in \[0, 1\]"):
            municipality.awareness = value
    with pytest.raises(TypeError, match="neither enter nor leave"):
        municipality.remove()


def test_two_models_do_not_share_agents() -> None:
    first, second = PartnershipModel(world="synthetic:60"), PartnershipModel(world="synthetic:60")
    first.agents_by_type[Municipality].set("awareness", 0.25)
    assert first.agents_by_type[Municipality].agg("awareness", max) == 0.25
    assert second.agents_by_type[Municipality].agg("awareness", max) != 0.25


def test_agents_have_names_and_places() -> None:
    model = PartnershipModel("no_policy", world="japan")
    municipalities = model.agents_by_type[Municipality]
    (yokohama,) = municipalities.select(lambda municipality: municipality.jis_code == "14100")
    assert yokohama.name == "横浜市"
    assert "Kanagawa" in yokohama.prefecture_name
    assert yokohama.pos == pytest.approx((139.64, 35.44), abs=0.05)
    company = model.agents_by_type[Company].to_list()[0]
    assert company.pos == municipalities.to_list()[company.municipality].pos
    institution = model.agents_by_type[FinancialInstitution].to_list()[0]
    assert institution.name
    assert institution.pos is None
    nationwide = model.agents_by_type[FinancialInstitution].select(
        lambda institution: institution.prefecture < 0
    )
    assert {institution.prefecture_name for institution in nationwide} == {"nationwide"}
