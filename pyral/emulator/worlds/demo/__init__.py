"""The worlds that ship: a company in the middle of a sprint, and an empty one."""
