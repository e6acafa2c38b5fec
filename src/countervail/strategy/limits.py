"""What limits a choice of deals: resources, how many, which exclude or need each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from countervail.errors import InputError, NotANumberError, UnknownLabelError, nearest


@dataclass(frozen=True)
class Limits:
    """``uses``: what each deal takes of a resource; ``capacity``: how much of it there is.

    ``at_most``: how many deals; ``exclusive``: groups of which at most one is taken; ``needs``:
    deals that must be taken too.
    """

    uses: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    capacity: Mapping[str, float] = field(default_factory=dict)
    at_most: int | None = None
    exclusive: Sequence[Sequence[str]] = ()
    needs: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def on(self, deals: Sequence[str], idle: Sequence[str] = ()) -> Rules:
        """The limits as rules on bundles of ``deals``.

        ``idle``: deals that change nothing. They are taken where others need them, and then count
        as any deal does. Raises ``UnknownLabelError`` for a deal or resource that is not there,
        ``InputError`` for amounts below zero, a cycle of needs, and a deal that needs what it
        excludes.
        """
        every = (*deals, *idle)
        self._check(every)
        place = {name: 1 << k for k, name in enumerate(every)}
        return Rules(
            deals=every,
            acting=2 ** len(deals) - 1,
            used=tuple(
                (tuple(self.uses.get(name, {}).get(deal, 0.0) for deal in every), float(most))
                for name, most in self.capacity.items()
            ),
            at_most=len(every) if self.at_most is None else self.at_most,
            exclusive=tuple(sum(place[name] for name in set(group)) for group in self.exclusive),
            needs=tuple(
                (place[name], sum(place[other] for other in set(others)))
                for name, others in self.needs.items()
            ),
        )

    def _check(self, deals: Sequence[str]) -> None:
        named = [
            *(deal for used in self.uses.values() for deal in used),
            *(deal for group in self.exclusive for deal in group),
            *self.needs,
            *(deal for others in self.needs.values() for deal in others),
        ]
        for name in named:
            if name not in deals:
                raise UnknownLabelError(f"there is no deal {name!r}.", nearest(name, deals))
        for resource in self.uses:
            if resource not in self.capacity:
                raise UnknownLabelError(
                    f"deals use {resource!r}, and how much of it there is is not said.",
                    f"Add it to the limits. {nearest(resource, self.capacity)}",
                )
        amounts = [("at_most", self.at_most), *self.capacity.items()]
        amounts += [(f"{r} of {d}", v) for r, used in self.uses.items() for d, v in used.items()]
        for name, value in amounts:
            if value is not None and not (math.isfinite(value) and value >= 0):
                kind = InputError if math.isfinite(value) else NotANumberError
                raise kind(f"{name} is {value:g}.", "Give a finite number, 0 or more.")
        try:
            TopologicalSorter({k: list(v) for k, v in self.needs.items()}).prepare()
        except CycleError as error:
            chain = " needs ".join(reversed(error.args[1]))
            raise InputError(
                f"prerequisites go round in a circle: {chain}.", "Remove one of these."
            ) from None
        for name in self.needs:
            inside = self._needed(name)
            for group in self.exclusive:
                clash = sorted(inside & set(group))
                if len(clash) > 1:
                    raise InputError(
                        f"{name} can never be taken: with all it needs it holds {clash[0]} and "
                        f"{clash[1]}, which exclude each other.",
                        "Correct `needs` or `exclusive`.",
                    )

    def _needed(self, name: str) -> set[str]:
        found, open_ones = {name}, [name]
        while open_ones:
            for other in self.needs.get(open_ones.pop(), ()):
                if other not in found:
                    found.add(other)
                    open_ones.append(other)
        return found


@dataclass(frozen=True)
class Rules:
    """Limits on bundles: ``used`` (amount of each deal, capacity), masks of groups and needs.

    ``deals``: those that act first, then the idle ones; ``acting``: the mask of the first, of
    which the bundles asked about consist.
    """

    deals: tuple[str, ...]
    acting: int
    used: tuple[tuple[tuple[float, ...], float], ...]
    at_most: int
    exclusive: tuple[int, ...]
    needs: tuple[tuple[int, int], ...]

    def whole(self, bundle: int) -> int:
        """A bundle with all that its deals need, idle deals included."""
        while True:
            more = bundle
            for deal, others in self.needs:
                if more & deal:
                    more |= others
            if more == bundle:
                return bundle
            bundle = more

    def names(self, bundle: int) -> tuple[str, ...]:
        """The deals of a bundle, with the idle ones that they need."""
        idle = self.whole(bundle) & ~self.acting
        return tuple(name for k, name in enumerate(self.deals) if (bundle | idle) >> k & 1)

    def allow(self, bundle: int) -> bool:
        """Whether a bundle keeps all limits."""
        return self.whole(bundle) & self.acting == bundle and self.may_grow(bundle)

    def may_grow(self, bundle: int) -> bool:
        """Whether a bundle, with what it needs, keeps limits that more deals can only break."""
        bundle = self.whole(bundle)
        if bundle.bit_count() > self.at_most:
            return False
        if any((bundle & group).bit_count() > 1 for group in self.exclusive):
            return False
        for amounts, most in self.used:
            taken = sum(a for k, a in enumerate(amounts) if bundle >> k & 1)
            if taken > most * (1 + 1e-12) + 1e-12:
                return False
        return True
