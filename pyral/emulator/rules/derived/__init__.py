"""Derived values: roll-ups and what follows from time, kept true after each write."""
