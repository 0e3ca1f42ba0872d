"""The tasks by name. Adding one: write its file, then name its class here."""

from lumina.tasks.base import Task
from lumina.tasks.text_to_image import TextToImage

TASKS: dict[str, type[Task]] = {task.name: task for task in (TextToImage,)}
