"""Run by test_zerogpu in a process of its own, in which ``spaces`` believes to be on ZeroGPU."""

import json
import multiprocessing
import os
import sys

from lumina.errors import LuminaError
from lumina.runtime.fake import FakePipeline
from lumina.server.zerogpu import ON_ZEROGPU, Workshop
from lumina.tasks.base import Pictures
from lumina.tasks.text_to_image import TextToImage


def main() -> None:
    workshop = Workshop(FakePipeline)
    workshop.open()
    told = {"on": ON_ZEROGPU, "main": os.getpid(), "ready": workshop.wait(0)}
    task = TextToImage(prompt="two red spheres", seed=3)
    steps = workshop.run(task)
    rows = []
    try:
        while True:
            rows.append(next(steps).done)
    except StopIteration as stop:
        pictures: Pictures = stop.value
    told |= {"rows": rows, "digest": pictures.image[0].drawing.digest}
    stopped = workshop.run(task)
    told["before_stop"] = next(stopped).done
    stopped.close()
    try:
        list(workshop.run(TextToImage(prompt="x", width=64, height=1024)))
    except LuminaError as error:
        told |= {"refused": str(error), "kind": type(error).__name__}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    for worker in multiprocessing.active_children():  # they outlive the app, and hold its output open
        worker.kill()
    os._exit(0)


main()
