"""A whole team, guarded from one repository: who belongs to it, and how they join."""
