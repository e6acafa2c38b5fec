"""Writes the pages whose tables come from the code: ``python docs/pages.py``."""

from pathlib import Path

from countervail.scenario.schema import schema_tables
from countervail.world.fetching.sources import Source, sources

PAGE = Path(__file__).with_name("scenario.md")
SOURCES = Path(__file__).with_name("sources.md")

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

Threats act through import tariffs, import bans, export taxes, export bans, denial of transit,
withdrawal of capital and cut-offs. Every kind of deal has a channel of its own:
[channels.md](channels.md) says which keys it needs and what it does. Where they are missing
the deal is listed with the reason.

"""


SOURCES_OPENING = """\
# Official sources, and how to bring their files

Newer tables than the bundled worlds are public. `countervail worlds fetch` lists where they are;
`countervail worlds fetch ID --year YEAR` brings the file, checks it and prints the command that
builds a world of it. None of these files is in the package.

```console
$ countervail worlds fetch
$ countervail worlds fetch --json
```

- **Whole or not at all.** What has come is kept as `NAME.part`; a connection that breaks is tried
  four times, and the same command goes on later where the last one ended, if the server still has
  the same version. A file gets its name only when all of it is there and it is what was promised:
  the right size and checksum where they are known, a zip archive that opens, never a web page.
- **Checksums.** Where the publisher states one, the file must have it. Where none is stated, the
  SHA-256 of the first download is written to `checksums.json` beside the files, and compared from
  then on; `--again` forgets it, for instance after a publisher's revision.
- **Where.** In `sources` of the user's cache folder; `--out FOLDER` or the environment variable
  `COUNTERVAIL_CACHE` name another place. A file that is there already is not fetched again.
- **By hand.** Several hosts turn programs away. Open the page in a browser, save the file under
  the name below in that folder (or anywhere), and build.
- **The addresses were not tried** when the list was written: "read in documentation" means that
  they were found in public documentation, or in public code that fetches from them. Licences say
  how they are known; read the publisher's terms before passing on what you build.

"""


def page() -> str:
    """The page as it must stand."""
    return OPENING + schema_tables().rstrip() + "\n"


def sources_page() -> str:
    """The page of sources as it must stand."""
    return SOURCES_OPENING + "\n".join(_section(source) for source in sources().values())


def _section(source: Source) -> str:
    file = source.file()
    size = "size not known" if file.megabytes is None else f"{file.megabytes:,.0f} MB"
    exact = f" ({file.size:,} bytes, checked)" if file.size else ""
    checksum = f"`{file.checksum}`" if file.checksum else "none published that we know of"
    steps = " ".join(f"`{step}`" for step in source.next_steps(file, "FILE"))
    rows = (
        ("edition", source.edition),
        ("page", f"<{source.landing}>"),
        ("newest file", f"`{file.name}`, {size}{exact}"),
        ("address", " or ".join(f"<{a}>" for a in file.addresses) or "none known"),
        ("how the address is known", source.address_status),
        ("checksum", checksum),
        ("licence", f"{source.licence} ({source.licence_status})"),
        ("by hand", source.by_hand.replace("{year}", str(file.years[1]))),
        ("then", steps or "nothing: no world is built from it alone"),
        ("note", source.note),
    )
    table = "\n".join(f"| {name} | {text} |" for name, text in rows if text)
    return f"## `{source.id}`: {source.title}\n\n| | |\n|---|---|\n{table}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    SOURCES.write_text(sources_page(), encoding="utf-8")
