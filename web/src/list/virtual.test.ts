import { expect, test } from "vitest";
import { drawnRows, follow, offsetOf, positionAt, rowOfSlot, shownHeight, slotsInOrder, type Space, TALLEST } from "./virtual";

const small: Space = { count: 1_000, height: 36, viewport: 800, around: 70 };
const huge: Space = { count: 2_000_000, height: 36, viewport: 800, around: 70 };

test("rows that fit scroll as the element does", () => {
  expect(shownHeight(small)).toBe(36_000);
  expect(follow(small, { top: 0, offset: 0 }, 20_000)).toEqual({ top: 20_000, offset: 20_000 });
});

test("beyond the tallest element every row is reached, and the wheel moves rows by its own step", () => {
  expect(shownHeight(huge)).toBe(TALLEST);
  const end = positionAt(huge, Number.POSITIVE_INFINITY);
  expect(end).toEqual({ top: TALLEST + 70 - 800, offset: 72_000_000 + 70 - 800 });
  const half = follow(huge, { top: 0, offset: 0 }, end.top / 2);
  expect(half.offset).toBeCloseTo(end.offset / 2);
  expect(follow(huge, half, half.top + 100)).toEqual({ top: half.top + 100, offset: half.offset + 100 });
});

test("the wheel comes to the first and to the last row, and not past them", () => {
  let place = positionAt(huge, 5_000);
  let steps = 0;
  while (place.offset > 0 && steps < 1_000) {
    place = follow(huge, place, Math.max(0, place.top - 100));
    steps += 1;
  }
  expect(steps).toBeLessThan(60);
  expect(steps).toBeGreaterThanOrEqual(50);
  const end = positionAt(huge, Number.POSITIVE_INFINITY);
  place = positionAt(huge, end.offset - 5_000);
  for (steps = 0; place.offset < end.offset && steps < 1_000; steps += 1) place = follow(huge, place, Math.min(end.top, place.top + 100));
  expect(steps).toBeLessThan(60);
  expect(steps).toBeGreaterThanOrEqual(50);
});

test("a row is brought into sight by as little as it needs", () => {
  expect(offsetOf(small, 10, 0)).toBe(0);
  expect(offsetOf(small, 5, 360)).toBe(180);
  expect(offsetOf(small, 100, 0)).toBe(3_636 + 70 - 800);
});

test("every row in sight is drawn, wherever one is", () => {
  for (const space of [small, huge, { ...small, count: 7 }, { ...small, count: 0 }]) {
    for (const offset of [0, 17, 360, 9_999, space.count * space.height - 730]) {
      const held = positionAt(space, offset).offset;
      const { first, size } = drawnRows(space, held);
      expect(first).toBeLessThanOrEqual(Math.max(0, Math.floor(held / 36)));
      expect(first + size).toBeGreaterThanOrEqual(Math.min(space.count, Math.ceil((held + 800) / 36)));
    }
  }
});

test("rows in sight stay in their slots while others come and go", () => {
  expect(slotsInOrder(10, 4)).toEqual([2, 3, 0, 1]);
  const before = [0, 1, 2, 3].map((slot) => rowOfSlot(10, 4, slot));
  const after = [0, 1, 2, 3].map((slot) => rowOfSlot(12, 4, slot));
  expect(before).toEqual([12, 13, 10, 11]);
  expect(after).toEqual([12, 13, 14, 15]);
});
