"""What every test is run under."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# A shared machine can be slow for a second at any time: how long an example takes says nothing about the code, and
# speed is measured in bench/.
settings.register_profile("hami", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hami")
