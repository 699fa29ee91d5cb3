/** Browsers end elements at some 16 million pixels, and lose precision before. */
export const TALLEST = 10_000_000;

/** A column of rows of one height in a scrolling element. All lengths in pixels. */
export interface Space {
  count: number;
  height: number;
  /** How much of the element is in sight. */
  viewport: number;
  /** What stands above and below the rows, and scrolls or sticks with them. */
  around: number;
}

/**
 * Where one is: `top` in the element, `offset` in the rows as if there were no bound to an element's
 * height. Both are the same as long as the rows fit.
 */
export interface Position {
  top: number;
  offset: number;
}

/** The height that the rows take in the element. */
export function shownHeight({ count, height }: Space): number {
  return Math.min(count * height, TALLEST);
}

function farthest(space: Space): Position {
  const rest = space.around - space.viewport;
  return { top: Math.max(0, shownHeight(space) + rest), offset: Math.max(0, space.count * space.height + rest) };
}

/** The position whose rows begin at an offset. */
export function positionAt(space: Space, offset: number): Position {
  const end = farthest(space);
  const held = Math.max(0, Math.min(offset, end.offset));
  if (end.top === end.offset) return { top: held, offset: held };
  return { top: Math.round((held / end.offset) * end.top), offset: held };
}

/**
 * Where one is after the element scrolled to `top`. Small steps move the rows by as much; a step that
 * only the scrollbar makes leads to the same part of the rows as of the element. The answer's `top` may
 * be another one, to which the element has to be set: at its edge while there are rows beyond.
 */
export function follow(space: Space, before: Position, top: number): Position {
  const end = farthest(space);
  if (end.top === end.offset) return { top, offset: top };
  const step = top - before.top;
  if (Math.abs(step) > space.viewport * 1.5) return { top, offset: Math.max(0, Math.min(end.offset, (top / end.top) * end.offset)) };
  const offset = Math.max(0, Math.min(end.offset, before.offset + step));
  // At an edge there has to be room for the next steps.
  const room = space.viewport * 2;
  if (top <= 0 && offset > 0) return { top: Math.ceil(Math.min(offset, Math.max(room, positionAt(space, offset).top))), offset };
  const rest = end.offset - offset;
  if (top >= end.top && rest > 0) return { top: Math.floor(end.top - Math.min(rest, Math.max(room, end.top - positionAt(space, offset).top))), offset };
  return { top, offset };
}

/** The offset at which a row is wholly in sight, as near as possible to the present one. */
export function offsetOf(space: Space, row: number, offset: number): number {
  const start = row * space.height;
  const end = start + space.height + space.around - space.viewport;
  if (offset > start) return start;
  return offset < end ? end : offset;
}

/** How many rows more than are in sight are drawn, above and below. */
const OVERSCAN = 8;
/** Rows come and go by so many, so that not every scrolled row draws the table anew. */
const STRIDE = 4;

/** The rows to draw: always the same number, so that those out of sight are filled anew rather than made anew. */
export function drawnRows(space: Space, offset: number): { first: number; size: number } {
  const size = Math.min(space.count, Math.ceil(space.viewport / space.height) + 2 * OVERSCAN + STRIDE);
  const first = Math.floor((Math.floor(offset / space.height) - OVERSCAN) / STRIDE) * STRIDE;
  return { first: Math.max(0, Math.min(first, space.count - size)), size };
}

/** The slots, which keep their elements, in the order of the rows that they show. */
export function slotsInOrder(first: number, size: number): number[] {
  return Array.from({ length: size }, (_, place) => (first + place) % size);
}

/** The row that a slot shows. */
export function rowOfSlot(first: number, size: number, slot: number): number {
  return first + ((((slot - first) % size) + size) % size);
}
