import { readFileSync } from "node:fs";
import { expect, expectAccessible, test } from "./support/test";

test("records are exported as a file, with the filter of the address", async ({ page, open, api }) => {
  await api.createMany("companies", [{ name: "Alpha", employees: 5 }, { name: "Béta; & Co", employees: 50 }, { name: "Gamma", employees: 500 }]);
  await open("/export?object=companies&filter=employees%20%3E%2010&sort=name&fields=name%2Cemployees");
  await expect(page.getByText("2 records")).toBeVisible();
  await expectAccessible(page);
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  const file = await waiting;
  expect(file.suggestedFilename()).toBe("companies.csv");
  const text = readFileSync(await file.path(), "utf8").replace("\uFEFF", "");
  expect(text.split(/\r?\n/).filter(Boolean)).toEqual([expect.stringMatching(/Name,Employees$/), expect.stringMatching(/"Béta; & Co",50$/), expect.stringMatching(/Gamma,500$/)]);
});

test("a filter that can't be read is said before anything is loaded", async ({ page, open }) => {
  await open("/export?object=companies&filter=nonsense%20%3E");
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByRole("button", { name: "Download" })).toBeDisabled();
});

test("a list is exported with its filter and its columns, or all of them", async ({ page, open, api }) => {
  const acme = await api.create("companies", { name: "Acme" });
  await api.createMany("people", [{ last_name: "Lovelace", company: acme.id }, { last_name: "Hopper" }]);
  await open("/objects/people?filter=last_name%20%3D%3D%20%22Lovelace%22");
  await page.getByRole("button", { name: "More for people" }).click();
  await page.getByRole("menuitem", { name: "Export…" }).click();
  await expect(page.getByRole("dialog", { name: "Export people" })).toContainText("1 record");
  await expectAccessible(page);
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  const text = readFileSync(await (await waiting).path(), "utf8");
  expect(text).toContain("Lovelace");
  expect(text).toContain("Acme");
  expect(text).not.toContain("Hopper");
  expect(text).not.toContain("Updated by");
  await expect(page.getByRole("dialog")).toBeHidden();
});
