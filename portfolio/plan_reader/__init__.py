"""Published text becomes plan data: Markdown and its traps, and no rules. May import the domain, never the reverse."""
