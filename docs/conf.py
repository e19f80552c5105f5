"""The documentation site: ``make docs`` writes it to ``docs/_build/html``, every notebook executed, no network."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from generate import mathml, reference  # noqa: E402

import leao  # noqa: E402

project = "Leão"
author = "The Leão developers"
release = version = leao.__version__
copyright = "The Leão developers, BSD-3 licence"  # noqa: A001

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "myst-nb", ".rst": "restructuredtext"}
exclude_patterns = ["_build", "mapping/**", "schemas/**"]

html_theme = "furo"
html_title = "Leão"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = ["filter.js"]
html_copy_source = False
html_math_renderer = "mathml"

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
suppress_warnings = ["myst.header", "mystnb.unknown_mime_type"]

# "force": a cache would not notice that the package has changed; make docs-quick executes nothing
nb_execution_mode = "off" if os.environ.get("LEAO_DOCS") == "quick" else "force"
nb_execution_in_temp = False
nb_execution_timeout = 900
nb_execution_raise_on_error = True
nb_merge_streams = True
nb_execution_excludepatterns = ["validation/**"]

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
napoleon_google_docstring = True


def setup(app) -> dict[str, bool]:  # noqa: ANN001
    """Equations as MathML (the browser sets them; no script, no font from elsewhere), reference pages from the code."""
    app.add_html_math_renderer("mathml", (mathml, None), (mathml, None))
    app.connect("builder-inited", lambda app: reference(HERE / "reference"))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
