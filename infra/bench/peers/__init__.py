"""Peers: what users could pick instead of ours, each as a good engineer would write it, to be measured beside it."""
