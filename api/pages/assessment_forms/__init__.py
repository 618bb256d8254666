"""Pages of assessment forms: the list, one form, its components, what covers which code, and approval."""
