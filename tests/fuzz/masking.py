"""Attack the masking of secrets: forms of random passwords at every place where a text is shown."""

from __future__ import annotations

import random
import time

from tests.unit.http.test_secrets_shown import FORMS, PLACES, leaked, secrets


def attack_masking(seed: int, seconds: float) -> tuple[int, list[str]]:
    """Try forms at places for a while; return how many, and what was shown."""
    random.seed(seed)
    end, tried, finds = time.monotonic() + seconds, 0, []
    while time.monotonic() < end:
        for secret in secrets():
            place, name = random.choice(sorted(PLACES)), random.choice(sorted(FORMS))
            text = FORMS[name](secret)
            shown = '\n'.join(
                each if isinstance(each, str) else each.decode('utf-8', 'replace')
                for each in PLACES[place](text, secret)
            )
            tried += 1
            if leaked(text, secret, shown) is not None:
                finds.append(f'{name} of {secret!r} is shown by {place}')
    return tried, finds
