/** How long after its answer a change still counts as this tab's own, in milliseconds. */
const GRACE = 3_000;

/** Paths below /api/v1 that this tab writes to: how often at the moment, and when it last ended. */
const writes = new Map<string, { running: number; ended: number }>();

/** Notes that this tab changes something; the returned function says that it is done. */
export function noteWrite(pathname: string): () => void {
  const path = pathname.replace(/^\/api\/v1/, "");
  const write = writes.get(path) ?? { running: 0, ended: 0 };
  write.running += 1;
  writes.set(path, write);
  return () => {
    write.running -= 1;
    write.ended = performance.now();
    for (const [other, { running, ended }] of writes) {
      if (running === 0 && performance.now() - ended > GRACE) writes.delete(other);
    }
  };
}

/** Whether this tab writes to a path. */
export function isWriting(path: string): boolean {
  return (writes.get(path)?.running ?? 0) > 0;
}

/** Whether this tab writes to a path, or has just done so. */
export function hasWritten(path: string): boolean {
  const write = writes.get(path);
  return write !== undefined && (write.running > 0 || performance.now() - write.ended < GRACE);
}
