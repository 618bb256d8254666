"""Who somebody is: the key, the bearer tokens, the sign-in links and sessions of one deployment."""
