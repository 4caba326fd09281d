"""How Sphinx builds the site, in the language that ``-D language=ja`` names (English by default).

The source is the repository itself, so that the links of the documents hold as they stand.
"""

from __future__ import annotations

import sys
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent))

project = "sdgs-partnership-sim"
author = "The contributors of sdgs-partnership-sim"
language = "en"
root_doc = "docs/index"
include_patterns = [
    "*.md", "docs/*.md", "docs/*/*.md", "notebooks/*.ipynb", "experiments/README.md", "results/README.md",
    "tests/README.md",
]  # fmt: skip
exclude_patterns = ["**/*.ja.md", "*.ja.md", "**/*.ja.ipynb", ".*", "site", "results/*/**", "build", "dist"]

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "docs.linking",
    "docs.languages",
    "docs.searching",
]
nitpicky = True
nitpick_ignore_regex = [("py:.*", ".*")]  # types of other packages, whose documents lie on other hosts

myst_heading_anchors = 4
nb_execution_mode = "cache"  # beside the site, for both languages: every notebook is executed once
nb_execution_in_temp = True
nb_execution_timeout = 60  # seconds a cell; tests/site holds the notebook to it
nb_execution_show_tb = True
nb_output_stderr = "warn"
autodoc_typehints = "none"
autodoc_member_order = "bysource"
autoclass_content = "class"

locale_dirs = ["docs/locale"]
gettext_compact = False

html_theme = "pydata_sphinx_theme"
html_static_path = ["_static"]
html_css_files = ["custom.css"]
templates_path = ["_templates"]
html_context = {"default_mode": "auto"}  # light or dark as the reader's machine is
html_copy_source = False
html_show_sourcelink = False
html_last_updated_fmt = None
html_theme_options = {
    "logo": {"text": "SDGs Partnership Simulator"},
    "navbar_align": "left",
    "navbar_end": ["languages", "theme-switcher"],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_prev_next": True,
    "back_to_top_button": False,
    "navigation_with_keys": False,
    "show_nav_level": 1,
}
