"""Builds the package: the assets and workflows go inside; everything else is said in pyproject.toml."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class WithAssets(build_py):
    """An editable install finds them in the repository."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            for name in ("assets", "workflows"):
                shutil.copytree(name, Path(self.build_lib, "lumina", "shipped", name), dirs_exist_ok=True)


setup(cmdclass={"build_py": WithAssets})
