"""Program: another system that acts for a person, within rows of the permission table that it was given."""
