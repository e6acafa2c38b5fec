"""The figures of the bundled scenario as published, kept so that any change is seen.

``python -m tests.golden`` (``make golden``) writes them anew; the reason for a
change belongs in the changelog.
"""
