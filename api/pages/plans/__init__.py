"""Pages of plans: the list, one plan, its text with what is odd in it, rulings, approval, and two texts compared."""
