"""The tasks by name. Adding one: write its file, then name its class here."""

from lumina.tasks.base import Task
from lumina.tasks.control import Control
from lumina.tasks.edit import Edit
from lumina.tasks.image_pair import ImagePair
from lumina.tasks.predict import Predict
from lumina.tasks.subject import Subject
from lumina.tasks.text_to_image import TextToImage

TASKS: dict[str, type[Task]] = {
    task.name: task for task in (TextToImage, ImagePair, Edit, Subject, Control, Predict)
}
