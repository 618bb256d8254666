"""Evidence: items with their versions, claims and remarks, from the offer of a file to what an assessor reads."""
