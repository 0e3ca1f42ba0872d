"""Pictures and exact maps of scenes: a small ray caster, vectorised over the pixels each solid covers."""

from dataclasses import dataclass

import numpy as np
from einops import rearrange, reduce
from numpy.typing import NDArray

from lumina.worlds.tabletop import camera, shapes
from lumina.worlds.tabletop.scenes import Scene, Solid, bounds

Floats = NDArray[np.float32]
SAMPLES = 2  # per pixel and axis

ALBEDO = {  # linear light
    "red": (0.78, 0.03, 0.03),
    "orange": (0.92, 0.27, 0.01),
    "yellow": (0.92, 0.68, 0.02),
    "green": (0.04, 0.45, 0.05),
    "cyan": (0.02, 0.58, 0.62),
    "blue": (0.03, 0.10, 0.72),
    "purple": (0.30, 0.04, 0.58),
    "pink": (0.92, 0.24, 0.50),
}
GROUND_ALBEDO = {
    "white": (0.80, 0.80, 0.78),
    "grey": (0.30, 0.30, 0.31),
    "brown": (0.36, 0.22, 0.12),
    "blue": (0.28, 0.42, 0.60),
}


@dataclass(frozen=True)
class Light:
    """Direction to the lamp (unit), its colour and the colour of the surrounding light, linear."""

    direction: tuple[float, float, float]
    lamp: tuple[float, float, float]
    ambient: tuple[float, float, float]


LIGHTING = {
    "daylight": Light((-0.50, -0.36, 0.79), (0.92, 0.90, 0.86), (0.30, 0.32, 0.36)),
    "sunset": Light((0.62, -0.22, 0.75), (1.22, 0.70, 0.36), (0.34, 0.26, 0.27)),
    "night": Light((-0.36, -0.28, 0.89), (0.30, 0.34, 0.45), (0.105, 0.115, 0.16)),
}


@dataclass(frozen=True)
class Rendering:
    """A scene's picture and its exact maps, all [height, width]."""

    picture: NDArray[np.uint8]  # [height, width, 3]
    depth: Floats  # distance from the camera in world units
    normals: Floats  # [height, width, 3]: right, up, towards the viewer
    instances: NDArray[np.uint8]  # 0 = ground, i + 1 = solids[i]


@dataclass
class Surface:
    """What every sample ray hits: flat arrays over all samples."""

    reach: Floats
    normal: Floats
    instance: NDArray[np.uint8]
    local: Floats  # the point in its solid's own frame, for patterns


def render(scene: Scene, samples: int = SAMPLES) -> Rendering:
    """Cast the scene's rays and shade them; deterministic."""
    origins = rearrange(camera.origins(scene.width, scene.height, samples), "h w xyz -> (h w) xyz")
    surface = trace(scene, origins, samples)
    points = origins + surface.reach[:, None] * camera.FORWARD
    light = LIGHTING[scene.light]
    shadow = shadows(scene, points, surface, np.array(light.direction, dtype=np.float32))
    linear = shade(scene, surface, points, shadow, light)
    shape = {"h": scene.height, "sy": samples, "sx": samples}
    color = reduce(linear, "(h sy w sx) rgb -> h w rgb", "mean", **shape)
    normals = surface.normal @ camera.TO_CAMERA.T
    return Rendering(
        picture=(np.clip(tone(color), 0, 1) * 255 + 0.5).astype(np.uint8),
        depth=reduce(surface.reach, "(h sy w sx) -> h w", "mean", **shape),
        normals=reduce(normals, "(h sy w sx) xyz -> h w xyz", "mean", **shape),
        instances=np.ascontiguousarray(
            rearrange(surface.instance, "(h sy w sx) -> h w sy sx", **shape)[:, :, 0, 0]
        ),
    )


def tone(linear: Floats) -> Floats:
    """Soft shoulder above 0.8, then the sRGB-like gamma 2.2."""
    over = np.maximum(linear - 0.8, 0)
    return np.asarray(np.minimum(linear, 0.8) + over / (1 + 2.5 * over), dtype=np.float32) ** (1 / 2.2)


def into(solid: Solid, points: Floats, direction: Floats = camera.FORWARD) -> tuple[Floats, Floats]:
    """World points [n, 3] and a direction, repeated for each of them, in the solid's own frame."""
    angle = np.deg2rad(solid.turn)
    c, s = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    turn = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]], dtype=np.float32)
    offset = np.array([solid.x, solid.y, 0], dtype=np.float32)
    local = np.asarray((points - offset) @ turn.T / np.float32(solid.radius), dtype=np.float32)
    turned = np.asarray(direction @ turn.T / np.float32(solid.radius), dtype=np.float32)
    return local, np.broadcast_to(turned, local.shape)


def trace(scene: Scene, origins: Floats, samples: int) -> Surface:
    """What the rays from `origins` [samples, 3], through all sample points of the frame, hit first."""
    count = len(origins)
    surface = Surface(
        reach=(-origins[:, 2] / camera.FORWARD[2]).astype(np.float32),
        normal=np.broadcast_to(np.array([0, 0, 1], dtype=np.float32), (count, 3)).copy(),
        instance=np.zeros(count, dtype=np.uint8),
        local=np.zeros((count, 3), dtype=np.float32),
    )
    index = np.arange(count).reshape(scene.height * samples, scene.width * samples)
    for number, solid in enumerate(scene.solids, start=1):
        left, top, right, bottom = (round(v * samples) for v in bounds(solid, scene.width, scene.height))
        window = index[max(top - 4, 0) : bottom + 4, max(left - 4, 0) : right + 4].ravel()
        _hit(solid, number, window, origins, surface)
    return surface


def _hit(solid: Solid, number: int, window: NDArray[np.int64], origins: Floats, surface: Surface) -> None:
    """Write the solid into the surface where it is nearest."""
    origin, direction = into(solid, origins[window])
    reach = shapes.HIT[solid.shape](origin, direction)
    nearer = reach < surface.reach[window]
    where = window[nearer]
    local = origin[nearer] + reach[nearer, None] * direction[nearer]
    surface.reach[where] = reach[nearer]
    surface.normal[where] = normals_at(solid, local)
    surface.instance[where] = number
    surface.local[where] = local


def normals_at(solid: Solid, local: Floats) -> Floats:
    """World normals [n, 3] of the solid at points of its surface in its own frame."""
    angle = np.deg2rad(solid.turn)
    c, s = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    back = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]], dtype=np.float32)
    return shapes.normal(solid.shape, local) @ back.T


def shadows(scene: Scene, points: Floats, surface: Surface, lamp: Floats) -> Floats:
    """1 where the lamp is seen, 0 where a solid stands in the way [samples]."""
    lit = np.ones(len(points), dtype=np.float32)
    for number, solid in enumerate(scene.solids, start=1):
        height = np.maximum(solid.height - points[:, 2], 0)
        along = height / lamp[2]
        dx, dy = points[:, 0] - solid.x, points[:, 1] - solid.y
        # distance from the solid's foot to the segment the shadow ray covers, seen from above
        step = np.clip(-(dx * lamp[0] + dy * lamp[1]) / (lamp[0] ** 2 + lamp[1] ** 2), 0, along)
        near = (dx + step * lamp[0]) ** 2 + (dy + step * lamp[1]) ** 2 < (solid.radius * 1.1) ** 2
        where = np.flatnonzero(near & (surface.instance != number) & (lit > 0))
        origin, direction = into(solid, points[where], lamp)
        lit[where[np.isfinite(shapes.HIT[solid.shape](origin, direction))]] = 0
    return lit


def shade(scene: Scene, surface: Surface, points: Floats, shadow: Floats, light: Light) -> Floats:
    """Linear colour of every sample [samples, 3]."""
    lamp = np.array(light.direction, dtype=np.float32)
    lamp_color = np.array(light.lamp, dtype=np.float32)
    ambient = np.array(light.ambient, dtype=np.float32)
    ground = np.array(GROUND_ALBEDO[scene.ground], dtype=np.float32)
    facing = np.maximum(surface.normal @ lamp, 0) * shadow
    sky = (0.72 + 0.28 * surface.normal[:, 2:3]) * ambient
    color = ground * (sky + facing[:, None] * lamp_color) * _contact(scene, points)[:, None]
    for number, solid in enumerate(scene.solids, start=1):
        where = np.flatnonzero(surface.instance == number)
        diffuse = _albedo(solid, surface.local[where])
        n = surface.normal[where]
        mirror = camera.FORWARD - 2 * (n @ camera.FORWARD)[:, None] * n
        gleam = np.maximum(mirror @ lamp, 0) * (shadow[where] > 0)
        received = sky[where] + facing[where, None] * lamp_color
        if solid.material == "matte":
            color[where] = diffuse * received + 0.06 * gleam[:, None] ** 12 * lamp_color
        else:
            around = _environment(mirror, ambient, lamp_color)
            tint = 0.25 + 0.75 * diffuse
            color[where] = diffuse * (0.35 * received + 1.5 * around)
            color[where] += (0.9 * gleam[:, None] ** 40 + 0.15 * gleam[:, None] ** 6) * tint * lamp_color
    return np.asarray(color, dtype=np.float32)


def _environment(mirror: Floats, ambient: Floats, lamp: Floats) -> Floats:
    """What a metal surface reflects: a grey below, a dark horizon, a bright sky above."""
    up = mirror[:, 2:3]
    below = 0.4 * (ambient + 0.5 * lamp) * np.clip(0.25 - up, 0, 1)
    above = (ambient + 0.75 * lamp) * np.clip(up * 1.6 - 0.1, 0, 1) ** 1.5
    return np.asarray(below + above + 0.06 * lamp, dtype=np.float32)


def _contact(scene: Scene, points: Floats) -> Floats:
    """Darkening of the ground close to each solid's foot."""
    shade = np.ones(len(points), dtype=np.float32)
    for solid in scene.solids:
        away = ((points[:, 0] - solid.x) ** 2 + (points[:, 1] - solid.y) ** 2) / solid.radius**2
        shade *= 1 - 0.5 * np.exp(-2.2 * away)
    return shade


def _albedo(solid: Solid, local: Floats) -> Floats:
    """Diffuse colour [n, 3] at points of the solid; patterns alternate it with a pale tone of itself."""
    base = np.array(ALBEDO[solid.color], dtype=np.float32)
    if solid.pattern == "plain":
        return np.broadcast_to(base, (len(local), 3))
    x, y, z = local.T
    if solid.pattern == "striped":
        pale = np.sin(z * 11) > 0.15
    elif solid.pattern == "checkered":
        pale = (np.floor(x / 0.42) + np.floor(y / 0.42) + np.floor(z / 0.42 + 0.05)) % 2 == 0
    else:
        cell = [np.mod(v / 0.5 + 0.5, 1) - 0.5 for v in (x, y, z + 0.25)]
        pale = sum(v**2 for v in cell) < 0.1
    return np.where(pale[:, None], 0.25 * base + 0.68, base).astype(np.float32)
