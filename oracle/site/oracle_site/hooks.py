"""The WS4REDIS_ALLOWED_CHANNELS hook of the oracle."""

import os

from django.core.exceptions import PermissionDenied


def allowed_channels(request, channels):
    allowed = os.environ["ORACLE_ALLOWED"]
    if allowed == "refuse":
        raise PermissionDenied("refused by the oracle's hook")
    return set(channels).intersection(allowed.split(","))
