"""Engines on Ray Serve, for who outgrows one machine: as many replicas as are asked for (extra ``ray``).

``serve run lumina.server.ray_app:engines replicas=2`` on a laptop; on a cluster a file of Ray Serve names the
same application. A replica is an engine like that of ``lumina serve``, with a scheduler of its own: the same
protocol, limits and token, whose settings come from the environment of the machine that it runs on.
"""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator
from ray import serve
from starlette.applications import Starlette

from lumina.runtime.painter import Painter
from lumina.server.engine_server import MOST_STREAMS, EngineServer
from lumina.server.loading import load_model
from lumina.settings import SLOTS, Settings

NAME = "engine"
DRAINING = 60.0  # seconds for what a replica draws when it has to go; the rest goes on at another one
HEALTH_PERIOD = 10.0  # seconds between two looks at whether a replica is well


class Fleet(BaseModel):
    """How many replicas there are. Beyond ``replicas`` there are more, up to ``most``, while each of them has
    over ``ongoing`` drawings in the mean; each takes so many ``gpus`` and ``cpus`` of the cluster."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    replicas: int = Field(1, ge=1)
    most: int = Field(0, ge=0)
    ongoing: float = Field(SLOTS, gt=0)
    gpus: float = Field(0, ge=0)
    cpus: float = Field(1, ge=0)

    @model_validator(mode="after")
    def _check(self) -> "Fleet":
        if 0 < self.most < self.replicas:
            raise ValueError("most must be at least as large as replicas, or 0 for as many.")
        return self

    def scaling(self) -> dict[str, Any]:
        """As Ray Serve takes it: a number, or from where to where."""
        if self.most <= self.replicas:
            return {"num_replicas": self.replicas}
        scaling = {
            "min_replicas": self.replicas,
            "max_replicas": self.most,
            "target_ongoing_requests": self.ongoing,
        }
        return {"autoscaling_config": scaling}


def engines(asked: Fleet) -> Any:
    """The application: replicas that draw with the model of their settings."""
    return engines_of(_loaded, asked)


def engines_of(load: Callable[[], Painter], asked: Fleet) -> Any:
    """The application whose replicas draw with what they ``load``."""

    def built() -> Starlette:  # in the process of a replica
        settings = Settings.from_environment()
        return EngineServer(load(), settings.token).app(settings.trusts_proxy)

    deployment = serve.deployment(
        name=NAME,
        max_ongoing_requests=MOST_STREAMS,
        ray_actor_options={"num_gpus": asked.gpus, "num_cpus": asked.cpus},
        graceful_shutdown_timeout_s=DRAINING,
        health_check_period_s=HEALTH_PERIOD,
        **asked.scaling(),
    )
    return deployment(serve.ingress(built)()).bind()


def _loaded() -> Painter:
    return load_model(Settings.from_environment())
