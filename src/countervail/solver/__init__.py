"""The equilibrium system on plain arrays: equations, accelerated solver, certificate.

Knows shapes and numbers only. The world room uses it to re-solve a cleaned base,
the equilibrium room to solve shocks.
"""
