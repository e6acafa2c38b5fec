"""The brief: results in, files out. This room knows plain results only.

Names load on first use, so that importing the room costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "AgreementRow": "observed_rows",
    "Brief": "report",
    "BundleRow": "strategy_rows",
    "BypassRow": "leverage_rows",
    "CapitalPage": "channel_rows",
    "CapitalRow": "channel_rows",
    "ChoiceRow": "strategy_rows",
    "ClaimRow": "claim_rows",
    "CoalitionRow": "leverage_rows",
    "ContributionRow": "strategy_rows",
    "DealRow": "channel_rows",
    "DemandRow": "leverage_rows",
    "ExposureRow": "leverage_rows",
    "FlipRow": "sequence_rows",
    "ForecastRow": "observed_rows",
    "FinancierRow": "channel_rows",
    "FrontierRow": "leverage_rows",
    "FrontierSectorRow": "leverage_rows",
    "KeyFigure": "results",
    "LadderRow": "results",
    "NewTieRow": "channel_rows",
    "ObservedPage": "observed_rows",
    "ObservedRow": "observed_rows",
    "OddsRow": "sequence_rows",
    "OrderRow": "sequence_rows",
    "PairRow": "leverage_rows",
    "ParameterRow": "results",
    "PipelinePage": "channel_rows",
    "Place": "results",
    "PlannedEdgeRow": "channel_rows",
    "PoleRow": "leverage_rows",
    "PowerMatrix": "leverage_rows",
    "ProjectRow": "channel_rows",
    "RankRow": "strategy_rows",
    "ReachRow": "channel_rows",
    "Results": "results",
    "RouteEdgeRow": "channel_rows",
    "RouteNetworkRow": "channel_rows",
    "RouteNodeRow": "channel_rows",
    "ScreenRow": "leverage_rows",
    "SectorRow": "results",
    "SequencePage": "sequence_rows",
    "Spill": "results",
    "StatusRow": "results",
    "ThreatRow": "results",
    "TieRow": "channel_rows",
    "TiesPage": "channel_rows",
    "WhyPage": "why_rows",
    "WhyRow": "why_rows",
    "WithdrawalRow": "channel_rows",
    "WorldCard": "results",
    "build_manifest": "manifest",
    "digest": "manifest",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    """Load ``name`` from the module that holds it."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
