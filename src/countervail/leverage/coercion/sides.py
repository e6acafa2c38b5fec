"""Who is cornered by whom: the two sides of a case as labels of a world, and what they own."""

from __future__ import annotations

from countervail.channels.capital_withdrawal import divested
from countervail.errors import InputError, require_kind
from countervail.world.core import World
from countervail.world.labels import Spec


def two_sides(
    world: World, target: Spec, coercer: Spec, called: str = "target"
) -> tuple[str, tuple[str, ...]]:
    """(target, coercer regions) as labels of ``world``.

    ``target``: one region by label or name; ``coercer``: a region, a group, or a list
    of them, acting together. ``called`` is what errors call the target. Raises
    ``UnknownLabelError``, and ``InputError`` where the target is not one region or is
    among the coercers.
    """
    found = world.labels.resolve_regions(target)
    if len(found) != 1:
        raise InputError(
            f"the {called} {target!r} means {len(found)} regions of {world.name}.",
            "Name one region.",
        )
    against = world.labels.resolve_regions(coercer)
    if found[0] in against:
        raise InputError(f"{found[0]} is both {called} and coercer.", "Name two different sides.")
    return found[0], against


def check_withdrawal(withdrawal: float | None, positions: object) -> None:
    """Refuse a part of capital that cannot leave, and what is no matrix of direct investment.

    Whether or not capital is withdrawn: an argument that is wrong is never passed over. Raises
    ``OptionError``.
    """
    from countervail.channels.capital.positions import Positions

    divested(withdrawal)
    if positions is not None:
        require_kind(positions, "positions", Positions, "cv.positions(world, 'stocks.csv')")
