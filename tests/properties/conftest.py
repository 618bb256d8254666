from hypothesis import HealthCheck, settings

from tests.soak import times

# No test is timed; a few examples of each are enough for every commit, the long histories are marked slow.
settings.register_profile("house", max_examples=times(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
