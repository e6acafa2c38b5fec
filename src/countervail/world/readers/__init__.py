"""Readers of public input-output tables, one module per source, behind one interface.

A reader streams its file row by row into an ``Accumulator`` (purchases by sector,
importer and exporter; inputs by region) and hands out a ``SourceTable``;
``closing.world_from_table`` checks, cleans and closes that into a ``World``. The matrix of
intermediate flows is never held whole.

``opening`` guards against files that are not what they say; ``codes`` knows the labels
of each source, ``layout`` what is merged; ``matrix``, ``labelled`` and ``long`` read text
matrices, spreadsheets and lines; ``wide`` and ``lines`` add them up; ``balance`` checks totals.
"""
