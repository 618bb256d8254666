"""The web server's own side: connections, threads, and what it answers before the application is asked."""
