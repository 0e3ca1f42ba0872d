"""The tasks by name. Adding one: write its file, then name its class here."""

from lumina.tasks.base import DrawingTask, Task
from lumina.tasks.control import Control
from lumina.tasks.edit import Edit
from lumina.tasks.image_pair import ImagePair
from lumina.tasks.predict import Predict
from lumina.tasks.subject import Subject
from lumina.tasks.text_to_image import TextToImage
from lumina.tasks.utility import TOOLS

DRAWN: tuple[type[DrawingTask], ...] = (TextToImage, ImagePair, Edit, Subject, Control, Predict)
DRAWING_TASKS = {task.name: task for task in DRAWN}
TASKS: dict[str, type[Task]] = {task.name: task for task in (*DRAWN, *TOOLS)}
