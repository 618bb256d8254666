"""What opens files of each family: it runs in the confined child process and imports nothing of ours but itself."""
