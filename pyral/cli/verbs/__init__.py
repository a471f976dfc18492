"""The verbs of the command, a module each: `add` describes one to the parser, `run` does it."""
