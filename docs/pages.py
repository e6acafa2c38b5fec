"""Writes the page whose tables come from the code: ``python docs/pages.py``."""

from pathlib import Path

from countervail.scenario.schema import schema_tables

PAGE = Path(__file__).with_name("scenario.md")

OPENING = """\
# The scenario file

A scenario is one TOML file: who may be cornered by whom, by which threats, and which deals are
claimed to help. The command line, Python and the report all read this one file. Start from
`countervail new mine.toml`; `countervail check mine.toml` lists every error at once, with its line
and the nearest valid name; `countervail new --schema` prints the JSON Schema for editors.

- Rates are fractions and come **on top of** the tariffs of the world. A number above 4 (400 %) is
  asked about, since 25 usually means 25 %; `confirm_units = true` on the entry says it is meant.
- An entry with `not_quantified` is shown with its reason and never computed. Nothing is dropped.
- `coverage` is the part of the sectors' trade that is really hit; `bound` says when the figures
  are only an upper or a lower bound, because the sectors are wider or narrower than the measure.
- A party to a deal may be a country that the world does not show by itself; the report then says
  where it is counted.

Threats act through import tariffs, export taxes, export bans and cut-offs in this version. Deals,
capital withdrawal and denial of transit are recorded and listed as not yet quantified.

"""


def page() -> str:
    """The page as it must stand."""
    return OPENING + schema_tables().rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
