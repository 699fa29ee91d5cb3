import { expect, test } from "vitest";
import { pagesFor, totalRows } from "./window";

test("the windows in sight are loaded, and the next before one gets there", () => {
  expect(pagesFor([0, 30], 2)).toEqual([]);
  expect(pagesFor([90, 120], 2)).toEqual([1]);
  expect(pagesFor([390, 420], 9)).toEqual([1, 2]);
});

test("a window far away is reached over the last one whose cursor is known", () => {
  expect(pagesFor([8000, 8040], 3)).toEqual([2]);
  expect(pagesFor([8000, 8040], 50)).toEqual([39, 40]);
});

test("there is room for all rows where their number is known, else for one window more", () => {
  expect(totalRows({ known: 2, end: null, count: { value: 5000, exact: true }, firstPage: 200 })).toBe(5000);
  expect(totalRows({ known: 2, end: null, count: { value: 10_000, exact: false }, firstPage: 200 })).toBe(400);
  expect(totalRows({ known: 3, end: 450, count: { value: 5000, exact: true }, firstPage: 200 })).toBe(450);
  expect(totalRows({ known: 1, end: null, count: undefined, firstPage: undefined })).toBe(0);
});
