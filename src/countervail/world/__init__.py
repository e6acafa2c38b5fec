"""The benchmark economy: arrays with labels, checks, balancing, aggregation, files, registry.

``labels`` (names only, no NumPy), ``core`` (the ``World``), ``calibrate`` (a world
from flows), ``checks`` (accounting identities), ``store`` (files), ``aggregate``
and one module per source format (``build2014``; ``formats`` lists them).
"""
