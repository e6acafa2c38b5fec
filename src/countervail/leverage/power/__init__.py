"""Who could cut off whom: all pairs, coalitions, quick screens, matrices, poles."""
