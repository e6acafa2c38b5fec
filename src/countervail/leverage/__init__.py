"""What an equilibrium says about power: who can hurt whom, and at what cost to itself."""
