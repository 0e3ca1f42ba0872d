"""The browser studio: a Gradio page made from the tasks."""
