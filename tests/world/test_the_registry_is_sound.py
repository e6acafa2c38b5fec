"""Names in the registry are unambiguous; groups are dated; elasticities have sources."""

from collections import Counter

import pytest

from countervail.errors import UnknownLabelError
from countervail.parameters import parameter
from countervail.world import registry


@pytest.mark.parametrize("kind", ["region", "sector"])
def test_no_name_means_two_things(kind: str) -> None:
    entries = registry.regions() if kind == "region" else registry.sectors()
    words = Counter[str]()
    for entry in entries.values():
        codes = {entry.isic4, *entry.isic4.split(",")} - {""}
        words.update({w.lower() for w in (entry.label, entry.name, *entry.aliases, *codes)})
    words.update(group.lower() for group in registry.groups(kind))
    assert [w for w, count in words.items() if count > 1] == []


@pytest.mark.parametrize("kind", ["region", "sector"])
def test_every_group_has_members_and_region_groups_a_date(kind: str) -> None:
    entries = registry.regions() if kind == "region" else registry.sectors()
    used = {group for entry in entries.values() for group in entry.groups}
    assert used == set(registry.groups(kind))
    for group in registry.groups(kind).values():
        assert group.name
        assert (len(group.as_of) == 10) == (kind == "region")


def test_goods_and_services_part_the_sectors() -> None:
    goods = [e.label for e in registry.sectors().values() if "goods" in e.groups]
    services = [e.label for e in registry.sectors().values() if "services" in e.groups]
    assert len(goods) == 22
    assert sorted(goods + services) == sorted(registry.sectors())


def test_the_registry_says_that_mining_holds_the_ores() -> None:
    assert "metal ores" in registry.sectors()["mining"].name
    assert "ores" in registry.groups("sector")["energy"].note


def test_every_sector_has_an_elasticity_with_source_and_status() -> None:
    rows = registry.elasticities()
    assert set(rows) == set(registry.sectors())
    cap = parameter("theta.petroleum_cap").value
    for row in rows.values():
        assert 0 < row.value <= cap
        assert row.parameter.startswith("theta.")
        assert row.source
        assert row.status in ("read", "cited", "judgement")
        assert row.status != "judgement" or row.note
        if row.low is not None and row.high is not None:
            assert row.low <= row.value <= row.high


def test_an_unknown_set_of_elasticities_is_an_error() -> None:
    with pytest.raises(UnknownLabelError, match="caliendo-parro"):
        registry.elasticities("caliendo-paro")
