"""The page of one evidence item: what it shows, the apprentice's own forms, and those of whoever reviews it."""
