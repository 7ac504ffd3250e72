"""A worker without TensorFlow: `python -m tests.helpers.fake_worker TASK…`; a TASK is for all or, as "1:die", for one.

"work" tells three steps and ends well; "wait" tells one and waits; "die" tells one and ends with code 3; "silent" waits
and tells nothing; "notice" waits a moment, says that another is gone, and ends with code 3.
"""

import json
import os
import sys
import time

from course_utils import workers

STEPS = 3
NO_PROXY = "no_grpc_proxy"  # as gRPC spells it


def main(given: list[str]) -> int:
    workers.end_with_parent()
    index = json.loads(os.environ["TF_CONFIG"])["task"]["index"] if "TF_CONFIG" in os.environ else 0
    tasks = dict(one.split(":") for one in given if ":" in one)
    task = tasks.get(str(index)) or next(one for one in given if ":" not in one)
    if task == "silent":
        time.sleep(600)
    for step in range(1, STEPS + 1 if task == "work" else 2):
        workers.tell(step=step, pid=os.getpid(), group=os.getpgid(0), direct=os.environ.get(NO_PROXY, ""))
    if task == "wait":
        time.sleep(600)
    if task == "notice":
        time.sleep(0.3)
        workers.tell(stopped="the other is gone")
    if task in ("die", "notice"):
        print("no more paper")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
