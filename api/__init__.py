"""The web service: routes with their schemas, and the pages."""
