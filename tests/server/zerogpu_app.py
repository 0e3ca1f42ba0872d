"""Run by test_zerogpu in a process of its own, in which ``spaces`` believes to be on ZeroGPU."""

import json
import multiprocessing
import os
import sys

from lumina.errors import LuminaError
from lumina.runtime.events import RowDrawn
from lumina.runtime.fake import FakePipeline
from lumina.server.workshop import Workshop
from lumina.server.zerogpu import ON_ZEROGPU
from lumina.steps import Following
from lumina.tasks.base import Pictures
from lumina.tasks.text_to_image import TextToImage


def main() -> None:
    workshop = Workshop(FakePipeline)
    workshop.open()
    told = {"on": ON_ZEROGPU, "main": os.getpid(), "ready": workshop.wait(0)}
    task = TextToImage(prompt="two red spheres", seed=3)
    with Following(task.run(workshop)) as steps:
        rows = [step.done for step in steps if isinstance(step, RowDrawn)]
    pictures: Pictures = steps.result
    told |= {"rows": rows, "digest": pictures.image[0].drawing.digest}
    stopped = task.run(workshop)
    told["before_stop"] = next(step.done for step in stopped if isinstance(step, RowDrawn))
    stopped.close()
    try:
        list(TextToImage(prompt="x", width=64, height=1024).run(workshop))
    except LuminaError as error:
        told |= {"refused": str(error), "kind": type(error).__name__}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    for worker in multiprocessing.active_children():  # they outlive the app, and hold its output open
        worker.kill()
    os._exit(0)


main()
