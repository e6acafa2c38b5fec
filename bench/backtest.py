"""How far the update to 2023 can be trusted: the same code on years whose truth is known.

    python -m bench.backtest FOLDER          # FOLDER holds wiod/, trade2023/, macro/, gravity/

prints the tables of docs/world-2023.md. Three tests: the table of 2011 moved to 2014 and
compared with the real one; ten economies merged into the rest of the world of 2014 and
carved out again; the composition of US imports of 2014 against that of 2024.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

import numpy as np

import countervail as cv
from countervail.world.arrays import Array
from countervail.world.core import World
from countervail.world.tariffs.collected import collected_2024
from countervail.world.totals import foreign_flows
from countervail.world.updating import build2023, facts2023, priors
from countervail.world.updating.balance import Totals
from countervail.world.updating.carve import Parts, carve
from countervail.world.updating.update import Table, update

# Industries of the 2013 release (0 to 34) in each common sector, with those of the 2016 release.
SECTORS: dict[str, tuple[Sequence[int], Sequence[str]]] = {
    "agriculture": ([0], ["A01", "A02", "A03"]),
    "mining": ([1], ["B"]),
    "food": ([2], ["C10-C12"]),
    "textiles": ([3, 4], ["C13-C15"]),
    "wood": ([5], ["C16"]),
    "paper and printing": ([6], ["C17", "C18"]),
    "petroleum": ([7], ["C19"]),
    "chemicals": ([8], ["C20", "C21"]),
    "rubber and plastics": ([9], ["C22"]),
    "minerals": ([10], ["C23"]),
    "metals": ([11], ["C24", "C25"]),
    "machinery": ([12], ["C28,C33"]),
    "electrical and optical": ([13], ["C26", "C27"]),
    "transport equipment": ([14], ["C29", "C30"]),
    "other manufactures": ([15], ["C31_C32"]),
    "utilities": ([16], ["D35", "E36"]),
    "construction": ([17], ["F"]),
    "vehicle trade": ([18], ["G45"]),
    "wholesale": ([19], ["G46"]),
    "retail": ([20], ["G47"]),
    "hotels": ([21], ["I"]),
    "land transport": ([22], ["H49"]),
    "water transport": ([23], ["H50"]),
    "air transport": ([24], ["H51"]),
    "transport support": ([25], ["H52"]),
    "post and telecoms": ([26], ["H53", "J61"]),
    "finance": ([27], ["K64", "K65_K66"]),
    "real estate": ([28], ["L68"]),
    "business services": ([29], ["J62_J63", "M69_M70", "M71,M73-M75", "M72", "N"]),
    "public administration": ([30], ["O84"]),
    "education": ([31], ["P85"]),
    "health": ([32], ["Q"]),
    "other services": ([33, 34], ["E37-E39", "J58", "J59_J60", "R-U"]),
}
GOODS = np.arange(len(SECTORS)) < 15
REST_2011 = ("ROW", "CHE", "HRV", "NOR")
MERGED = ("AUS", "BRA", "CHE", "IDN", "KOR", "MEX", "NOR", "RUS", "TUR", "TWN")
GROUPS = (
    ("agriculture", "food"),
    ("mining", "petroleum"),
    ("textiles",),
    ("wood", "paper and printing", "minerals", "other manufactures"),
    ("chemicals", "rubber and plastics"),
    ("metals",),
    ("machinery", "electrical and optical"),
    ("transport equipment",),
)


@dataclass(frozen=True)
class Shown:
    """One table: its name, header and rows of text."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        """The table in Markdown."""
        lines = [self.header, ["---", *["---:"] * (len(self.header) - 1)], *self.rows]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def common(world: World, parts: Sequence[Sequence[str]], rest: Sequence[str], year: int) -> World:
    """``world`` at the common sectors, made of ``parts``, and with ``rest`` merged; no tariffs."""
    merged = world.aggregate(
        {"rest": list(rest)},
        {f"x-{name}": list(own) for name, own in zip(SECTORS, parts, strict=True)},
    )
    a = merged.arrays
    order = [merged.sectors.index(f"x-{name}") for name in SECTORS]
    return World.from_flows(
        a.flows[order],
        inputs=a.input_share[:, order][:, :, order],
        value_added=a.value_added_share[order],
        elasticity=4.0,
        regions=["ROW" if r == "rest" else r for r in merged.regions],
        sectors=list(SECTORS),
        name=f"observed {year}",
        base_year=year,
    )


def world_2011(folder: Path) -> World:
    """The observed 2011 table, 41 regions x 33 common sectors."""
    world = cv.build_world("wiod-2011-npz", folder / "wiod" / "wiod2011_41x35.npz")
    parts = [[world.sectors[k] for k in old] for old, _ in SECTORS.values()]
    return common(world, parts, ("ROW",), 2011)


def world_2014(rest: Sequence[str] = ("ROW",)) -> World:
    """The observed 2014 world at the common sectors, without tariffs; ``rest`` is merged."""
    return common(cv.load_world("world-2014"), [new for _, new in SECTORS.values()], rest, 2014)


def in_order(table: Table, regions: Sequence[str]) -> Table:
    """``table`` with its regions in another order."""
    at = [table.regions.index(r) for r in regions]
    return Table(
        tuple(regions),
        table.flows[:, at][:, :, at],
        table.tariff[:, at][:, :, at],
        table.input_share[at],
        table.value_added_share[:, at],
        table.final[:, at],
    )


def as_world(table: Table, flows: Array, inputs: Array, share: Array) -> World:
    """A world of the common sectors from updated accounts."""
    return World.from_flows(
        flows,
        inputs=inputs,
        value_added=share,
        elasticity=4.0,
        regions=table.regions,
        sectors=list(SECTORS),
        name="updated",
    )


def error(found: Array, true: Array) -> float:
    """Weighted absolute error in percent: sum of absolute differences over the sum of truth."""
    return float(100.0 * np.abs(found - true).sum() / true.sum())


def own_share(flows: Array) -> Array:
    """Own share in purchases of goods by region."""
    return np.asarray(np.einsum("snn->n", flows[GOODS]) / flows[GOODS].sum(axis=(0, 2)))


def welfare(world: World, against: str | None = None) -> Array:
    """Percent change of real income when the US taxes goods of all, or of one, at 25 %."""
    others = [r for r in world.regions if r != "USA"] if against is None else [against]
    shock = cv.Shock(world).tariff("USA", others, world.sectors[:15], add=0.25)
    return np.asarray(cv.solve(world, shock).welfare.values)


def free(totals_of: Table) -> tuple[Array, Array]:
    """No balance is given."""
    size = len(totals_of.regions)
    return np.full(size, np.nan), np.zeros(size)


def years(folder: Path) -> list[Shown]:
    """2011 moved to 2014, against the real 2014."""
    old, new = world_2011(folder), world_2014(REST_2011)
    regions = new.regions
    table = in_order(Table.of(old.arrays, old.regions), regions)
    true = new.arrays.flows
    deficit, slack = free(table)
    totals = Totals(GOODS, true[GOODS].sum(axis=0), new.arrays.factor_income, deficit, slack)
    plain = update(table, totals)
    balanced = update(
        table, replace(totals, deficit=new.arrays.transfer, slack=np.full(len(regions), 0.0))
    )
    scale = new.arrays.factor_income.sum() / table.value_added.sum()
    naive = (table.flows * scale, table.input_share, table.value_added_share)
    cases = {
        "2011 scaled by world growth": naive,
        "updated": (
            plain.balanced.flows,
            plain.balanced.input_share,
            plain.value_added_share,
        ),
        "updated, true external balances": (
            balanced.balanced.flows,
            balanced.balanced.input_share,
            balanced.value_added_share,
        ),
    }
    abroad = ~np.eye(len(regions), dtype=bool)
    weight = true[GOODS].sum(axis=(0, 2))
    size = new.arrays.income / new.arrays.income.sum()
    truth = welfare(new)
    canada = welfare(new, "CAN")[regions.index("CAN")]
    rows = []
    for name, (flows, inputs, share) in cases.items():
        world = as_world(table, flows, inputs, share)
        moved = welfare(world)
        rows.append(
            [
                name,
                f"{error(flows[GOODS][:, abroad], true[GOODS][:, abroad]):.1f}",
                f"{error(flows[~GOODS][:, abroad], true[~GOODS][:, abroad]):.1f}",
                f"{error(flows[:, ~abroad], true[:, ~abroad]):.1f}",
                f"{100 * np.average(abs(own_share(flows) - own_share(true)), weights=weight):.2f}",
                f"{np.average(np.abs(moved - truth), weights=size):.3f}",
                f"{welfare(world, 'CAN')[regions.index('CAN')]:.2f}",
            ]
        )
    rows.append(
        ["real 2014", *["0.0"] * 3, "0.00", "0.000", f"{canada:.2f}"],
    )
    overall = Shown(
        "backtest",
        [
            "",
            "goods cells, %",
            "services cells, %",
            "home sales, %",
            "own goods share, points",
            "US tariff: welfare, points",
            "US tariff on CAN: CAN, %",
        ],
        rows,
    )
    found = plain.balanced.flows
    by_region = [
        [
            region,
            f"{error(found[GOODS][:, abroad[:, n], n], true[GOODS][:, abroad[:, n], n]):.0f}",
            f"{error(found[GOODS][:, n, abroad[n]], true[GOODS][:, n, abroad[n]]):.0f}",
            f"{100 * (own_share(found)[n] - own_share(true)[n]):+.1f}",
        ]
        for n, region in enumerate(regions)
    ]
    by_sector = [
        [
            sector,
            f"{error(found[s][abroad], true[s][abroad]):.0f}",
            f"{error(naive[0][s][abroad], true[s][abroad]):.0f}",
            f"{error(found[s][~abroad], true[s][~abroad]):.0f}",
        ]
        for s, sector in enumerate(SECTORS)
    ]
    return [
        overall,
        Shown(
            "backtest-regions",
            ["region", "goods exports, %", "goods imports, %", "own goods share, points"],
            by_region,
        ),
        Shown(
            "backtest-sectors",
            ["sector", "trade, updated, %", "trade, 2011 scaled, %", "home sales, updated, %"],
            by_sector,
        ),
    ]


def coarse(exact: Array, usual: Array) -> Array:
    """A composition known by eight groups only; within a group it is the usual one."""
    names = list(SECTORS)
    found = np.zeros_like(exact)
    for group in GROUPS:
        rows = [names.index(name) for name in group]
        inside = usual[rows].sum(axis=0)
        found[rows] = exact[rows].sum(axis=0) * usual[rows] / np.where(inside > 0, inside, 1.0)
    return np.asarray(found / found.sum(axis=0))


def carving() -> list[Shown]:
    """Ten economies merged into the rest of the world of 2014 and carved out again."""
    world = world_2014()
    merged = world.aggregate({"ROW": ["ROW", *MERGED]})
    kept = [r for r in merged.regions if r != "ROW"]
    regions = (*kept, *MERGED, "ROW")
    real = in_order(Table.of(world.arrays, world.regions), regions)
    first = len(kept)
    pairs = real.flows[GOODS].sum(axis=0)
    np.fill_diagonal(pairs, np.nan)
    goods = real.flows[GOODS].copy()
    goods[:, range(len(regions)), range(len(regions))] = 0.0
    exports = goods.sum(axis=1)[:, first:-1]
    exact = exports / exports.sum(axis=0)
    rest = merged.arrays.flows[GOODS].copy()
    at = merged.regions.index("ROW")
    rest[:, at, at] = 0.0
    usual = rest[:, :, at].sum(axis=1)
    usual = np.repeat((usual / usual.sum())[:, None], len(MERGED), axis=1)
    size = real.value_added
    deficit, slack = free(real)
    totals = Totals(GOODS, pairs, size, deficit, slack)
    truth = {r: welfare(world, r)[world.regions.index(r)] for r in MERGED}
    rows = []
    for name, mix in (
        ("no composition of exports", usual),
        ("shares of eight groups of goods", coarse(exact, usual)),
        ("exact shares of 15 goods", exact),
    ):
        table = carve(
            Table.of(merged.arrays, merged.regions),
            GOODS,
            "ROW",
            Parts(regions[first:], pairs, mix, size[first:], np.outer(size, size[first:]), {}, {}),
        )
        found = update(table, totals, growth=np.ones(len(regions)))
        flows = found.balanced.flows
        made = as_world(table, flows, found.balanced.input_share, found.value_added_share)
        part = slice(first, -1)
        gaps = [abs(welfare(made, r)[regions.index(r)] - truth[r]) for r in MERGED]
        mask = ~np.eye(len(regions), dtype=bool)
        cells = flows[GOODS][:, mask], real.flows[GOODS][:, mask]
        shown = np.broadcast_to(
            np.isin(np.arange(len(regions)), range(first, first + 10)), mask.shape
        )
        rows.append(
            [
                name,
                f"{error(cells[0][:, shown[mask]], cells[1][:, shown[mask]]):.0f}",
                f"{100 * np.abs(own_share(flows) - own_share(real.flows))[part].mean():.1f}",
                f"{np.mean(gaps):.2f}",
                f"{np.mean([abs(x) for x in truth.values()]):.2f}",
            ]
        )
    return [
        Shown(
            "backtest-carving",
            [
                "what is known of the exports",
                "goods export cells, %",
                "own goods share, points",
                "welfare error, points",
                "true welfare, points",
            ],
            rows,
        )
    ]


def composition() -> list[Shown]:
    """US imports by sector: shares of 2014 against those of 2024, largest exporters."""
    world = cv.load_world("world-2014")
    goods = [world.sectors[k] for k in world.resolve_sectors("goods")]
    at = list(world.resolve_sectors("goods"))
    now: dict[str, Array] = {}
    for row in collected_2024():
        if row.sector in goods:
            now.setdefault(row.exporter, np.zeros(len(goods)))[goods.index(row.sector)] += (
                row.imports
            )
    us = world.regions.index("USA")
    listed = sorted((r for r in world.regions if r in now), key=lambda r: -float(now[r].sum()))
    rows, moved, total = [], 0.0, 0.0
    for region in listed:
        then = world.arrays.flows[at, us, world.regions.index(region)]
        part = 0.5 * np.abs(then / then.sum() - now[region] / now[region].sum()).sum()
        moved += part * now[region].sum()
        total += now[region].sum()
        if len(rows) < 10:
            rows.append([region, f"{now[region].sum() / 1e3:.0f}", f"{100 * part:.0f}"])
    rows.append([f"all {len(listed)} regions", f"{total / 1e3:.0f}", f"{100 * moved / total:.0f}"])
    return [
        Shown(
            "backtest-composition",
            ["exporter", "US imports 2024, US$ bn", "in another sector than in 2014, %"],
            rows,
        )
    ]


def turnover(folder: Path) -> list[Shown]:
    """Exports and imports of goods and services of world-2023 against the World Factbook.

    The build used just the difference between them, as a soft target.
    """
    with (folder / "facts" / "external_balance.csv").open(encoding="utf-8", newline="") as stream:
        known = {
            (row["economy_iso3"], row["variable"]): float(row["value"])
            for row in csv.DictReader(stream)
            if row["year"] == "2023"
        }
    world = cv.load_world("world-2023")
    abroad = foreign_flows(world).sum(axis=0) / 1e3
    listed = [
        (region, abroad[:, n].sum(), abroad[n].sum())
        for n, region in enumerate(world.regions)
        if (region, "exports_goods_services") in known
    ]
    rows, off = [], []
    for region, exports, imports in sorted(listed, key=lambda row: -row[1]):
        true = [known[region, f"{side}_goods_services"] for side in ("exports", "imports")]
        off.append(100 * ((exports + imports) / sum(true) - 1))
        rows.append(
            [
                region,
                f"{exports:.0f}",
                f"{true[0]:.0f}",
                f"{imports:.0f}",
                f"{true[1]:.0f}",
                f"{off[-1]:+.0f}",
            ]
        )
    rows.append([f"median of {len(off)}", *4 * [""], f"{np.median(off):+.0f}"])
    return [
        Shown(
            "backtest-turnover",
            [
                "region",
                "exports",
                "exports, Factbook",
                "imports",
                "imports, Factbook",
                "turnover, %",
            ],
            rows,
        )
    ]


def balances() -> list[Shown]:
    """External balances of world-2023 against their soft targets: the largest misses."""
    world = cv.load_world("world-2023")
    target = priors.economies()["balance"]
    rows = []
    for region, figure in target.items():
        n = world.regions.index(region)
        found = -world.arrays.transfer[n] / 1e3
        part = 100 * (found - figure.value) / (world.arrays.factor_income[n] / 1e3)
        rows.append((abs(found - figure.value), region, figure, found, part))
    rows.sort(key=lambda row: -row[0])
    return [
        Shown(
            "backtest-balances",
            ["region", "target", "status", "result", "miss, % of value added"],
            [
                [
                    region,
                    f"{figure.value:+.0f}",
                    figure.status.split(" (")[0],
                    f"{found:+.0f}",
                    f"{part:+.1f}",
                ]
                for _, region, figure, found, part in rows[:16]
            ],
        )
    ]


def constructed(folder: Path) -> list[Shown]:
    """Services trade and industry of carved economies: what was put in or known, what came out."""
    world = cv.load_world("world-2023")
    given = priors.economies()
    abroad = foreign_flows(world)[list(world.resolve_sectors("services"))].sum(axis=0) / 1e3
    services = []
    for region in sorted(given["services_exports"]):
        n = world.regions.index(region)
        sides = (("exports", abroad[:, n].sum()), ("imports", abroad[n].sum()))
        services.append(
            [region]
            + [
                text
                for side, found in sides
                for text in (f"{given[f'services_{side}'][region].value:.0f}", f"{found:.0f}")
            ]
        )
    with (folder / "facts" / "reexports.csv").open(encoding="utf-8", newline="") as stream:
        known = {
            row["economy_iso3"]: float(row["value"].split("%")[0])
            for row in csv.DictReader(stream)
            if row["variable"].startswith("industry_share") and row["status"] != "not found"
        }
    a = world.arrays
    made = a.value_added_share * a.output
    wide = ("mining", "manufacturing", "utilities", "construction")
    industry = list(world.resolve_sectors(list(wide)))
    rows = []
    for region in sorted(set(known) & set(given["services_exports"])):
        n = world.regions.index(region)
        parts = [world.sectors.index("mining")], industry
        shares = [100 * made[rows_, n].sum() / a.factor_income[n] for rows_ in parts]
        rows.append([region, f"{shares[0]:.0f}", f"{shares[1]:.0f}", f"{known[region]:.0f}"])
    return [
        Shown(
            "backtest-services",
            ["region", "exports, prior", "exports", "imports, prior", "imports"],
            services,
        ),
        Shown(
            "backtest-industry",
            ["region", "mining, %", "industry, %", "industry in sources, %"],
            rows,
        ),
    ]


def choices(folder: Path) -> list[Shown]:
    """What each choice in building moves: Canada's loss, medium run, no answer."""
    horizon = cv.Closure.of_horizon("medium")

    def losses(world: World) -> list[str]:
        shocks = (
            cv.Shock(world).tariff("USA", "CAN", "goods", add=0.25),
            cv.Shock(world).cut_off("USA", "CAN"),
        )
        found = [cv.solve(world, shock, horizon).welfare.sel(region="CAN") for shock in shocks]
        return [f"{-float(x):.2f}" for x in found]

    def changed(where: object, name: str, value: object) -> list[str]:
        with mock.patch.object(where, name, value):
            return losses(build2023.build_world2023(folder))

    shipped = cv.load_world("world-2023")
    rows = [
        ["as shipped", *losses(shipped)],
        [
            "composition of 2014 in US imports",
            *changed(build2023, "_with_composition", lambda table, frame, paid: table),
        ],
        [
            "services with the gap of 2014",
            *changed(build2023, "_with_services", lambda table, known, frame: table),
        ],
        ["external balances ten times harder", *changed(facts2023, "_SOFT", 0.01)],
        ["external balances ten times softer", *changed(facts2023, "_SOFT", 1.0)],
        ["value added = product", *changed(facts2023, "_VALUE_ADDED_RANGE", (1.0, 1.0))],
        *(
            [f"home weight {weight:g}", *changed(build2023, "HOME_WEIGHT", weight)]
            for weight in (0.05, 1.0)
        ),
        *(
            [f"elasticities {name}", *losses(shipped.with_elasticities(name))]
            for name in ("three-sector", "uniform")
        ),
    ]
    return [
        Shown("backtest-choices", ["", "25 % on all goods, %", "cut-off, %"], rows),
    ]


def tables(folder: Path) -> list[Shown]:
    """Every table of the page."""
    return [
        *years(folder),
        *carving(),
        *composition(),
        *turnover(folder),
        *balances(),
        *constructed(folder),
        *choices(folder),
    ]


def main(arguments: Iterable[str]) -> None:
    """Print the tables."""
    for shown in tables(Path(next(iter(arguments)))):
        print(f"\n<!-- {shown.name} -->\n{shown.markdown()}")


if __name__ == "__main__":
    main(sys.argv[1:])
