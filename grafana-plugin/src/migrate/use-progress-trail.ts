import { useEffect, useState } from 'react';
import type { Migration } from '../data/api.ts';

export type TrailPoint = { at: number; copies: number; writes: number };

const most = 300;

/** The rates seen while the page watched, for the picture of the race. */
export function useProgressTrail({ id, progress }: Migration): readonly TrailPoint[] {
  const [trail, setTrail] = useState<{ id: string; points: TrailPoint[] }>({ id, points: [] });
  useEffect(() => {
    if (progress?.bytesPerSecond == null) return;
    const point = {
      at: progress.at,
      copies: progress.bytesPerSecond,
      writes: progress.dirtyBytesPerSecond ?? 0,
    };
    setTrail((now) => {
      const points = now.id === id ? now.points : [];
      if (points.at(-1)?.at === point.at) return now;
      return { id, points: [...points.slice(1 - most), point] };
    });
  }, [id, progress]);
  return trail.id === id ? trail.points : [];
}
