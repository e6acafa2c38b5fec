"""What the 2023 world says about itself: its sources, its limits, and what building it did."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from countervail.world.arrays import Array
from countervail.world.updating import priors
from countervail.world.updating.update import Updated


def sources() -> list[dict[str, str]]:
    """Every part of the world with source, licence and status."""
    counted = priors.counts()
    return [
        {
            "part": "structure: who buys what from whom, input and value-added shares",
            "source": "Timmer, Dietzenbacher, Los, Stehrer & de Vries (2015), Review of "
            "International Economics 23(3), 575-605: World Input-Output Database, 2016 release, "
            "year 2014, in the arrangement of Felbermayr, Groeschl & Heiland (2022)",
            "licence": "Creative Commons Attribution 4.0 for the tables (known, not re-read); none "
            "stated for the arrangement",
            "status": "updated: observed for 2014, moved to totals of 2023",
        },
        {
            "part": "goods totals by pair of economies, 2023",
            "source": "CEPII BACI (Gaulier & Zignago 2010), HS 2022, edition of January 2025, "
            "summed over products",
            "licence": "Etalab open licence 2.0 (known, not re-read); Taiwan's are single figures",
            "status": "observed; Taiwan, which the file lacks, from single figures of its finance "
            "ministry and of worldstopexports.com, the rest by the pattern of 2014",
        },
        {
            "part": "product, 2014 and 2023",
            "source": "World Bank, World Development Indicators, NY.GDP.MKTP.CD, December 2024; "
            "Taiwan and Venezuela from the External Wealth of Nations, January 2025 (four figures)",
            "licence": "Creative Commons Attribution 4.0 (known, not re-read)",
            "status": "observed; value added is 0.88 to 1 of it, as in 2014",
        },
        {
            "part": "US tariffs, and composition of US goods imports",
            "source": "US Census trade by chapter and country, 2024, in the public tracker "
            "tradewartracker/trade-war-redux-2025",
            "licence": "MIT (stated by the repository)",
            "status": "updated: rates as paid in 2024, brought from chapters to sectors",
        },
        {
            "part": "tariffs of everybody else",
            "source": "means of 2014 by importer and sector and by importer and partner, computed "
            "from the arrangement above, which derives from UNCTAD TRAINS; agreements in "
            "force by 2023 and customs unions by rule (data/priors/tariffs.csv, judgement)",
            "licence": "own computation (TRAINS asks for acknowledgement and does not allow its "
            "data to be passed on; no cell of it is in this world)",
            "status": "updated: means observed for 2014 and carried over; constructed by rule",
        },
        {
            "part": "external balances, and services trade to start from",
            "source": "World Factbook, last edition: exports and imports of goods and services, "
            "2023; balances of smaller European economies and services of carved economies from "
            "general knowledge",
            "licence": "public domain (CC0)",
            "status": "read, derived and judgement; soft targets, never met exactly",
        },
        {
            "part": "economies carved out of the rest of the world of 2014",
            "source": "pair totals and product as above; export composition, tariffs and sector "
            f"shares from data/priors ({sum(counted.values())} rows: "
            + ", ".join(f"{n} {status}" for status, n in sorted(counted.items()))
            + "); distances from CEPII GeoDist (Mayer & Zignago 2011)",
            "licence": "single figures with their source in each row; distances Etalab 2.0 (known)",
            "status": "constructed",
        },
        {
            "part": "trade elasticities",
            "source": "Caliendo & Parro (2015), Review of Economic Studies 82(1), 1-44; mapping to "
            "sectors and caps are judgement, said row by row in data/elasticities.csv",
            "licence": "figures from a published article",
            "status": "read, partly judgement",
        },
    ]


def limits(updated: Updated) -> list[str]:
    """What the world cannot say, in one sentence each."""
    gap = -float(np.nansum(updated.totals.deficit)) / 1e6
    return [
        "composition within a pair is that of 2014, except for US imports, which have that of 2024",
        "tariffs are those of 2014, except US ones and agreements by rule, whose rates are "
        "taken to be zero; duty collected is lower than these rates say where exemptions are "
        "common (China, India); US measures of 2025-26 are not in it (a scenario may add them)",
        "carved economies have trade totals from data, but the sectors of their output, home "
        "sales and imports are constructed: use them as partners, not for their own structure",
        "services trade is that of 2014 grown with both sides, adjusted to external balances; "
        f"these do not add up over the world (surpluses exceed deficits by {gap:.1f} tn), so that "
        "every region misses its own by some of that",
        "mining holds oil, gas, coal and metal ores together",
        "services bear no tariffs in the data",
        "Hong Kong and Macao are inside CHN; Iran is inside ROW, since partners record about an "
        "eighth of its exports",
        "where exports exceed what output can supply, goods are passed on with a margin of 5 %: "
        "trade in transit, listed with what building moved",
    ]


def notes(updated: Updated, dated: Mapping[str, int], regions: tuple[str, ...]) -> list[str]:
    """What the update did, in sentences with figures."""
    prior, balanced = updated.prior, updated.balanced
    home = np.eye(len(regions), dtype=bool)
    before, after = prior.flows, balanced.flows
    passed = (updated.reexports > 0) & np.isfinite(updated.reexports)
    return [
        f"Balanced by cross entropy in {balanced.newton} Newton and {balanced.conjugate} "
        f"conjugate-gradient steps; largest violation {balanced.residual:.1e} of mean value added.",
        f"Balancing moved foreign flows by {_moved(before[:, ~home], after[:, ~home]):.2g} %, home "
        f"sales by {_moved(before[:, home], after[:, home]):.2g} % and final demand by "
        f"{_moved(prior.final, balanced.final):.2g} % of their value from the first guess.",
        "Goods passed on, billion USD: "
        + ", ".join(
            f"{regions[k]} {updated.reexports[k] / 1e3:.0f}"
            for k in np.argsort(-updated.reexports)
            if passed[k]
        )
        + ".",
        "Product of an earlier year stands for 2023 in: "
        + ", ".join(f"{code} ({year})" for code, year in sorted(dated.items()))
        + "; all are inside ROW.",
    ]


def _moved(before: Array, after: Array) -> float:
    return float(100.0 * np.abs(after - before).sum() / before.sum())
