"""What making a world changed: how its inputs were read, what was cleaned, how far it moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Move:
    """The largest absolute and the largest relative change of one quantity, with its cells.

    ``absolute`` in million USD, ``relative`` as a fraction of the value before
    (among cells of at least a millionth of the world total).
    """

    absolute: float = 0.0
    absolute_at: str = ""
    relative: float = 0.0
    relative_at: str = ""


@dataclass(frozen=True)
class BuildReport:
    """What cleaning and re-balancing moved on the way from the inputs to an exact equilibrium.

    ``decisions``: how the inputs were read. ``clipped_cells`` final demands were
    negative and were set to zero; ``clipped_value`` is their sum (million USD,
    negative), ``clipped_worst`` names the largest. Only then was the base
    re-solved: ``output``, ``factor_income``, ``flows`` say how far each moved,
    ``region_moves`` and ``sector_moves`` the largest relative change of output
    by region and sector (cells of at least a millionth of world output).
    ``notes``: oddities of the source that were kept.
    """

    decisions: tuple[str, ...] = ()
    home_tariffs_reset: int = 0
    columns_renormalised: int = 0
    idle_columns_set: int = 0
    zero_spending_markets: int = 0
    zero_outputs: int = 0
    zero_own_shares: int = 0
    rounding_cells: int = 0
    clipped_cells: int = 0
    clipped_value: float = 0.0
    clipped_worst: tuple[str, ...] = ()
    output: Move = field(default_factory=Move)
    factor_income: Move = field(default_factory=Move)
    flows: Move = field(default_factory=Move)
    region_moves: Mapping[str, float] = field(default_factory=dict)
    sector_moves: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def moved(self) -> bool:
        """Whether the base had to be re-solved, so that flows are not the given ones."""
        return self.clipped_cells > 0

    def lines(self) -> list[str]:
        """The report in plain sentences, one finding each."""
        said = list(self.decisions)
        counts = (
            (self.home_tariffs_reset, "home tariffs were not zero and were set to zero"),
            (
                self.columns_renormalised,
                "cost columns summed to one only within 1e-5 and were scaled to it",
            ),
            (
                self.idle_columns_set,
                "cost columns of industries without output did not close and were completed",
            ),
            (self.zero_spending_markets, "markets have no spending (home share set to 1)"),
            (self.zero_outputs, "industries have no output"),
            (self.zero_own_shares, "markets buy nothing at home"),
            (self.rounding_cells, "final demands below zero by rounding only were set to zero"),
        )
        said += [f"{count:,} {what}." for count, what in counts if count]
        if not self.clipped_cells:
            said.append("No final demand was negative: the base was not solved again.")
        else:
            said.append(
                f"{self.clipped_cells:,} final demands were negative "
                f"({self.clipped_value:,.1f} million USD in all) and were set to zero; the base "
                "was solved once with no shock, wages and prices free. Worst: "
                + "; ".join(self.clipped_worst)
                + "."
            )
            for what, move in (
                ("Output", self.output),
                ("Factor income", self.factor_income),
                ("A flow", self.flows),
            ):
                said.append(
                    f"{what} moved by at most {move.absolute:,.1f} million USD "
                    f"({move.absolute_at}) and {100 * move.relative:.3g} % ({move.relative_at})."
                )
        return said + list(self.notes)

    def to_dict(self) -> dict[str, object]:
        """The report as plain JSON values; ``from_dict`` reads it back."""
        return {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in asdict(self).items()
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> BuildReport:
        """A report from what ``to_dict`` wrote; raises TypeError or ValueError where it is not."""
        read: dict[str, object] = {}
        for name, kind in cls.__dataclass_fields__.items():
            if name not in values:
                continue
            value = values[name]
            if name in ("output", "factor_income", "flows"):
                if not isinstance(value, dict):
                    raise TypeError(f"{name} must be a table")
                value = Move(**value)
            elif kind.type == "tuple[str, ...]":
                if not isinstance(value, list):
                    raise TypeError(f"{name} must be a list")
                value = tuple(str(x) for x in value)
            elif kind.type == "int":
                value = int(str(value))
            elif kind.type == "float":
                value = float(str(value))
            elif not isinstance(value, dict):
                raise TypeError(f"{name} must be a table")
            read[name] = value
        return cls(**read)  # type: ignore[arg-type]
