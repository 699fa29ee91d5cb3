import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { drawnRows, follow, offsetOf, type Position, positionAt, rowOfSlot, shownHeight, slotsInOrder, type Space } from "./virtual";

export interface VirtualRow {
  /** The element that shows it, whichever row that is. */
  slot: number;
  index: number;
  /** Where it stands in the element that holds the rows, in pixels. */
  top: number;
}

export interface VirtualRows {
  rows: VirtualRow[];
  first: number;
  last: number;
  /** The height of the element that holds the rows, in pixels. */
  height: number;
  /** Brings a row into sight. */
  reveal: (row: number) => void;
  /** Goes to an offset that `onScroll` told. */
  scrollTo: (offset: number) => void;
}

interface Options {
  scroller: RefObject<HTMLElement | null>;
  count: number;
  /** Of a row, in pixels. */
  height: number;
  /** What stands above and below the rows in the scrolling element, in pixels. */
  around: number;
  /** Another list begins where one left it. */
  identity: string;
  initialOffset: number;
  onScroll: (offset: number) => void;
}

/** How long one has to rest before the rows are put into their order, in milliseconds. */
const REST = 150;
/** What is in sight before the element was measured. */
const VIEWPORT = 900;

/**
 * Draws only the rows in sight, any number of them. While one scrolls, elements stay where they are in
 * the document and show other rows; when one rests, the document has them in their order again.
 */
export function useVirtualRows({ scroller, count, height, around, identity, initialOffset, onScroll }: Options): VirtualRows {
  const [viewport, setViewport] = useState(VIEWPORT);
  const space = useMemo((): Space => ({ count, height, viewport, around }), [count, height, viewport, around]);
  const place = useRef<Position>(positionAt(space, initialOffset));
  const [drawn, setDrawn] = useState({ first: drawnRows(space, initialOffset).first, shift: 0 });
  const latest = useRef({ space, onScroll, initialOffset });
  latest.current = { space, onScroll, initialOffset };

  const { size } = drawnRows(space, 0);
  const first = Math.max(0, Math.min(drawn.first, count - size));
  const [order, setOrder] = useState<readonly number[]>([]);
  const inOrder = order.length === size ? order : slotsInOrder(first, size);

  const move = useCallback((next: Position) => {
    place.current = next;
    const shift = next.top - next.offset;
    const { first } = drawnRows(latest.current.space, next.offset);
    setDrawn((now) => (now.first === first && now.shift === shift ? now : { first, shift }));
  }, []);
  const scrollTo = useCallback(
    (offset: number) => {
      const next = positionAt(latest.current.space, offset);
      move(next);
      if (scroller.current !== null) scroller.current.scrollTop = next.top;
    },
    [move, scroller],
  );
  const reveal = useCallback((row: number) => scrollTo(offsetOf(latest.current.space, row, place.current.offset)), [scrollTo]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const measure = () => setViewport(element.clientHeight || VIEWPORT);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    let rest: ReturnType<typeof setTimeout> | undefined;
    const settle = () => {
      const { first, size } = drawnRows(latest.current.space, place.current.offset);
      setOrder(slotsInOrder(first, size));
    };
    const scrolled = () => {
      const next = follow(latest.current.space, place.current, element.scrollTop);
      // At once, so that no frame shows an empty place.
      flushSync(() => move(next));
      latest.current.onScroll(next.offset);
      if (next.top !== element.scrollTop && Math.abs(next.top - element.scrollTop) >= 1) element.scrollTop = next.top;
      clearTimeout(rest);
      rest = setTimeout(settle, REST);
    };
    element.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      clearTimeout(rest);
      element.removeEventListener("scroll", scrolled);
    };
  }, [scroller, move]);

  // Rows of another height keep the first one in sight where it is.
  const known = useRef({ identity, height });
  useLayoutEffect(() => {
    const before = known.current;
    known.current = { identity, height };
    scrollTo(before.identity === identity ? (place.current.offset / before.height) * height : latest.current.initialOffset);
  }, [scrollTo, identity, height]);

  const rows = inOrder.map((slot) => {
    const index = rowOfSlot(first, size, slot);
    return { slot, index, top: index * height + drawn.shift };
  });
  return { rows, first, last: first + size - 1, height: shownHeight(space), reveal, scrollTo };
}
