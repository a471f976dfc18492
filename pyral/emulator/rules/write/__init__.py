"""What every write goes through: rights, values, references, defaults, states, ranks, revisions."""
