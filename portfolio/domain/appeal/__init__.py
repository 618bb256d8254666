"""Appeals: a panel hears a challenge to what was decided. It changes no grade; a new decision is an assessor's."""
