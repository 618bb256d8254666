"""Pages of criteria: the list, one version, writing one, what grades need, which one it follows, and approval."""
