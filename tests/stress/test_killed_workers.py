"""Twenty workers are killed at any moment of a training of lesson 9: it never hangs, leaves nobody, ends the same."""

import random
import threading
import time

import psutil
import pytest

from course_utils import workers

pytestmark = pytest.mark.stress
STEPS, SAVE_EVERY, KILLS = 240, 4, 20


def train(folder, chance=None):
    """Train with two workers. Return what they told at the end or, with `chance`, which kills one, in how many seconds
    that was noticed and all had ended."""
    arguments = ["train", "--folder", folder, "--steps", STEPS, "--save-every", SAVE_EVERY, "--data", "digits"]
    ends, made, killed = {}, 0, []
    with workers.Crew(arguments, 2, folder) as crew:
        if chance is None:
            ends = {one["worker"]: one["fingerprints"] for one in crew.events() if "finished" in one}
        else:
            victim, starting, steps = chance.randrange(2), chance.random() < 0.3, chance.randint(1, 12)

            def kill():
                killed.append(time.monotonic())
                crew.kill(victim)

            # Either by the clock, in the middle of starting, or a moment after some steps.
            clock = threading.Timer(chance.uniform(0.1, 8) if starting else chance.uniform(0, 0.05), kill)
            if starting:
                clock.start()
            with pytest.raises(workers.WorkerDiedError) as caught:
                for event in crew.events():
                    made += "step" in event and event["worker"] == victim
                    if made == steps and not starting:
                        starting = True  # once
                        clock.start()
            assert caught.value.index == victim
    assert not any(psutil.pid_exists(process.pid) for process in crew.processes)
    return time.monotonic() - killed[0] if killed else ends


def test_twenty_kills(tmp_path):
    whole = train(tmp_path / "whole")
    chance = random.Random(9)
    seconds = [train(tmp_path / "killed", chance) for _ in range(KILLS)]
    print(f"noticed and ended in {min(seconds):.1f} to {max(seconds):.1f} s")
    assert max(seconds) < 60
    assert train(tmp_path / "killed") == whole and len(set(map(tuple, whole.values()))) == 1
