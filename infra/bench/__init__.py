"""Benchmarks: our figures beside those of what users could pick instead, as ratios of one run.

Every row names its peers; rounds are interleaved and medians compared, so that a machine whose speed drifts misleads
nobody. Absolute times of different runs say nothing.
"""
