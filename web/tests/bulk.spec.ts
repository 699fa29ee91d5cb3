import { readFile } from "node:fs/promises";
import { expect, expectAccessible, test } from "./support/test";

test("all that match are changed without loading them, and it is taken back", async ({ page, open, api }) => {
  await api.createMany("companies", Array.from({ length: 260 }, (_, place) => ({ name: `Company ${place}`, industry: place < 230 ? "Energy" : "Games" })));
  await open('/objects/companies?filter=industry%20%3D%3D%20"Energy"');
  await expect(page.getByText("230 companies")).toBeVisible();
  await page.getByRole("checkbox", { name: "Select all shown" }).click();
  await expect(page.getByRole("toolbar", { name: "Selection" })).toContainText("All 230 matching selected");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Edit field" }).click();
  const dialog = page.getByRole("dialog", { name: "Edit a field of 230 companies" });
  await dialog.getByLabel("Field").click();
  await page.getByRole("combobox", { name: "Field" }).fill("industry");
  await page.keyboard.press("Enter");
  await dialog.getByLabel("Industry").fill("Wind");
  await dialog.getByRole("button", { name: "Apply to 230" }).click();
  await expect(page.getByText("230 companies changed")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  const count = async (industry: string) => (await api.call<{ count: { value: number } }>("GET", `/companies?limit=1&filter=${encodeURIComponent(`industry == "${industry}"`)}`)).count.value;
  expect(await count("Wind")).toBe(230);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("230 companies", { exact: true })).toBeVisible();
  expect([await count("Wind"), await count("Energy"), await count("Games")]).toEqual([0, 230, 30]);
});

test("a range is selected with shift, exported and deleted", async ({ page, open, api }) => {
  await api.createMany("companies", ["Alder", "Birch", "Cedar", "Dogwood"].map((name) => ({ name })));
  await open("/objects/companies?sort=name");
  await page.getByRole("checkbox", { name: "Select Alder" }).click({ force: true });
  await page.getByRole("checkbox", { name: "Select Cedar" }).click({ modifiers: ["Shift"], force: true });
  await expect(page.getByRole("toolbar", { name: "Selection" })).toContainText("3 selected");
  // The address has it, too.
  await expect(page).toHaveURL(/selected=[0-9a-f-]{36}\.[0-9a-f-]{36}\.[0-9a-f-]{36}/);
  await page.reload();
  await expect(page.getByRole("toolbar", { name: "Selection" })).toContainText("3 selected");
  await page.getByRole("button", { name: "Export" }).click();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "CSV" }).click()]);
  const csv = await readFile(await file.path(), "utf8");
  expect(csv).toContain("Birch");
  expect(csv).not.toContain("Dogwood");
  await page.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("3 companies deleted")).toBeVisible();
  await expect(page.getByRole("link", { name: "Birch" })).toHaveCount(0);
  await page.keyboard.press("Control+z");
  await expect(page.getByRole("link", { name: "Birch" })).toBeVisible();
});
