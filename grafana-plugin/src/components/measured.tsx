import { useEffect, useState, type ReactNode } from 'react';

type Props = { minHeight: number; children: (width: number, height: number) => ReactNode };

/** Takes the room there is and hands its size on; nothing is drawn before it is known, so nothing jumps. */
export function Measured({ minHeight, children }: Props) {
  const [element, setElement] = useState<HTMLDivElement | null>(null);
  const [size, setSize] = useState<{ width: number; height: number } | null>(null);
  useEffect(() => {
    if (element === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined)
        setSize({ width: Math.floor(entry.contentRect.width), height: Math.floor(entry.contentRect.height) });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [element]);
  return (
    <div
      ref={setElement}
      style={{ flexGrow: 1, minHeight, minWidth: 0, position: 'relative', overflow: 'hidden' }}
    >
      {size !== null && size.width > 0 && (
        <div style={{ position: 'absolute', inset: 0 }}>{children(size.width, size.height)}</div>
      )}
    </div>
  );
}
