"""The questions people ask of many records at once: one file per question, with its rows, its fold and its SQL."""
