"""Sign-in at providers by OpenID Connect."""
