import { expect, test } from "vitest";
import { readTsv, writeTsv } from "./tsv";

test("blocks from spreadsheets are read cell by cell", () => {
  expect(readTsv("a\tb\r\nc\td\r\n")).toEqual([["a", "b"], ["c", "d"]]);
  expect(readTsv("one")).toEqual([["one"]]);
  expect(readTsv("\t")).toEqual([["", ""]]);
  expect(readTsv('"two\nlines"\t"a ""quote"""\nx\t')).toEqual([["two\nlines", 'a "quote"'], ["x", ""]]);
  expect(readTsv('5" pipe\t6')).toEqual([['5" pipe', "6"]]);
});

test("what is copied is read again as it was", () => {
  const rows = [["tab\there", 'quote "x"', ""], ["two\r\nlines", "plain", "ü"]];
  expect(readTsv(writeTsv(rows))).toEqual(rows);
});
