"""Which outcomes figures, tables and the page show, and in which order."""

from __future__ import annotations

#: Those that effects are told of.
MAIN_OUTCOMES = (
    "deals_signed", "projects_completed", "active_partnerships", "private_investment", "adoption_share",
    "municipalities_without_project_share", "sdg_progress", "sdg_progress_bottom_quartile", "spent", "lapsed",
)  # fmt: skip
#: Share closed of the gap of each of the 17 goals.
PROGRESS_BY_GOAL = tuple(f"sdg_progress_{goal:02d}" for goal in range(1, 18))
#: Steps of a need on its way to a project in order, each a stage that is reached, a loss before the next,
#: what still runs, or a total with renewals, which the steps above leave out.
STEPS = {
    "needs_posted": "stage", "unserved": "loss", "meetings": "stage", "lost_to_capacity": "loss",
    "lost_to_awareness": "loss", "lost_to_distance": "loss", "proposals": "stage",
    "refused_by_municipality": "loss", "refused_by_company": "loss", "refused_by_lenders": "loss",
    "deals_signed": "stage", "failed": "loss", "active": "running", "completed": "stage",
    "projects_completed": "total", "active_partnerships": "total",
}  # fmt: skip
