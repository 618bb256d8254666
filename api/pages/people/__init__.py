"""People: the pages of the office about who is registered."""
