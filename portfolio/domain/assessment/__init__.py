"""Assessment: one apprentice's attempt at one component, from findings to a grade decision that is never changed."""
