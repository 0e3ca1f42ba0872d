// A picture of a node: from its address, or as it is painted while its rows are drawn.

import { useEffect, useRef } from "react";
import { paintStrips } from "../../common/strips";
import type { Picture } from "../types";

interface Look {
  picture: Picture;
  alt: string;
  className?: string | undefined;
  onError?: (() => void) | undefined;
}

export function Shown({ picture, alt, className, onError }: Look) {
  if (!picture.url) return <Making key={`${picture.width}x${picture.height}`} picture={picture} alt={alt} className={className} />;
  return <img src={picture.url} alt={alt} className={className} draggable={false} onError={onError} />;
}

function Making({ picture, alt, className }: Look) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const painted = useRef({ count: 0, ready: Promise.resolve() as Promise<unknown> });
  useEffect(() => {
    const there = canvas.current;
    if (!there) return;
    const { strips = [], width } = picture;
    const isNew = strips.length < painted.current.count;
    const { count, ready } = isNew ? { count: 0, ready: Promise.resolve() } : painted.current;
    if (isNew) there.width = width; // which wipes it
    painted.current = { count: strips.length, ready: paintStrips(there, strips.slice(count), ready) };
  }, [picture]);
  return <canvas ref={canvas} width={picture.width} height={picture.height} className={className} role="img" aria-label={alt} />;
}
