import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "./support/test";

function grid(page: Page) {
  return page.getByRole("grid");
}

/** The cell of a record in a column. */
function cell(page: Page, name: string, column: string) {
  return page.getByRole("row").filter({ hasText: name }).locator(`[role=gridcell][data-column="${column}"]`);
}

const COMPANIES = [
  { name: "Alder", industry: "Energy", employees: 10 },
  { name: "Birch", industry: "Software", employees: 20 },
  { name: "Cedar", industry: "Software", employees: 30 },
];

test("a cell is edited by the keyboard alone, and the edit survives a reload", async ({ page, open, api }) => {
  await api.createMany("companies", COMPANIES);
  await open("/objects/companies?sort=name&columns=name~p,industry,employees");
  await expect(cell(page, "Birch", "industry")).toHaveText("Software");
  await grid(page).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  // Typing replaces, Tab goes on.
  await page.keyboard.type("Games");
  await page.keyboard.press("Tab");
  await expect(cell(page, "Birch", "industry")).toHaveText("Games");
  await page.keyboard.type("25");
  await page.keyboard.press("Enter");
  await expect(cell(page, "Birch", "employees")).toHaveText("25");
  // Enter edits what is there, Esc leaves it as it was.
  await page.keyboard.press("Enter");
  await page.keyboard.type("999");
  await page.keyboard.press("Escape");
  await expect(cell(page, "Cedar", "employees")).toHaveText("30");
  await expect(grid(page)).toBeFocused();
  await expect.poll(async () => (await api.list("companies", "?filter=industry=='Games'"))[0]?.employees).toBe(25);
  await page.reload();
  await expect(cell(page, "Birch", "industry")).toHaveText("Games");
  // And is taken back by the keyboard.
  await grid(page).focus();
});

test("a change is taken back by mod+Z", async ({ page, open, api }) => {
  const [, birch] = await api.createMany("companies", COMPANIES);
  await open("/objects/companies?sort=name&columns=name~p,industry");
  await cell(page, "Birch", "industry").dblclick();
  await page.getByRole("textbox", { name: "Industry" }).fill("Games");
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await api.get("companies", birch?.id ?? "")).industry).toBe("Games");
  await page.keyboard.press("Control+z");
  await expect(cell(page, "Birch", "industry")).toHaveText("Software");
  await expect.poll(async () => (await api.get("companies", birch?.id ?? "")).industry).toBe("Software");
});

test("a refused change is taken back and says why at the cell", async ({ page, open, api }) => {
  await api.createMany("companies", COMPANIES);
  await open("/objects/companies?sort=name&columns=name~p,employees");
  await cell(page, "Alder", "employees").dblclick();
  await page.getByRole("textbox", { name: "Employees" }).fill("a few");
  await page.keyboard.press("Enter");
  await expect(cell(page, "Alder", "employees")).toHaveText("10");
  await grid(page).focus();
  await page.keyboard.press("ArrowUp");
  await expect(page.getByRole("dialog", { name: "Not saved" })).toContainText(/number/i);
  await expectAccessible(page);
});

test("where somebody else was faster both values are shown, and one chooses", async ({ page, open, api }) => {
  const [alder] = await api.createMany("companies", COMPANIES);
  await open("/objects/companies?sort=name&columns=name~p,industry");
  await expect(cell(page, "Alder", "industry")).toHaveText("Energy");
  await grid(page).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.type("Win");
  await expect(page.getByRole("textbox", { name: "Industry" })).toHaveValue("Win");
  await api.call("PATCH", `/companies/${alder?.id}`, { industry: "Solar" });
  await page.keyboard.type("d");
  await page.keyboard.press("Tab");
  const conflict = page.getByRole("dialog", { name: "Somebody else changed this meanwhile" });
  await expect(conflict).toContainText("Wind");
  await expect(conflict).toContainText("Solar");
  await expectAccessible(page);
  await conflict.getByRole("button", { name: "Keep mine" }).click();
  await expect(cell(page, "Alder", "industry")).toHaveText("Wind");
  await expect.poll(async () => (await api.get("companies", alder?.id ?? "")).industry).toBe("Wind");
});

test("somebody else's change of another field is no conflict", async ({ page, open, api }) => {
  const [alder] = await api.createMany("companies", COMPANIES);
  await open("/objects/companies?sort=name&columns=name~p,industry,employees");
  await expect(cell(page, "Alder", "industry")).toHaveText("Energy");
  await api.call("PATCH", `/companies/${alder?.id}`, { employees: 77 });
  await grid(page).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.type("Wind");
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await api.get("companies", alder?.id ?? "")).industry).toBe("Wind");
  await expect(cell(page, "Alder", "employees")).toHaveText("77");
});

test("a block from a spreadsheet fills cells, and is taken back as one", async ({ page, open, api, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const companies = await api.createMany("companies", COMPANIES);
  await open("/objects/companies?sort=name&columns=name~p,industry,employees");
  await grid(page).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await page.evaluate(() => navigator.clipboard.writeText("Paper\t1,100\nSteel\t1,200\n"));
  await page.keyboard.press("Control+v");
  await expect(cell(page, "Cedar", "industry")).toHaveText("Steel");
  await expect.poll(async () => (await api.get("companies", companies[2]?.id ?? "")).employees).toBe(1200);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(cell(page, "Birch", "industry")).toHaveText("Software");
  await expect.poll(async () => (await api.get("companies", companies[1]?.id ?? "")).employees).toBe(20);
});

test("lists are windowed: far rows come as one scrolls, and coming back ends where one was", async ({ page, open, api }) => {
  await api.createMany("companies", Array.from({ length: 450 }, (_, place) => ({ name: `Company ${String(place).padStart(3, "0")}` })));
  await open("/objects/companies?sort=name");
  await expect(page.getByText("450 companies")).toBeVisible();
  await grid(page).focus();
  await page.keyboard.press("Control+ArrowDown");
  await expect(page.getByRole("link", { name: "Company 449" })).toBeVisible();
  expect(await page.getByRole("row").count()).toBeLessThan(80);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/objects\/companies\/[0-9a-f-]{36}/);
  await page.goBack();
  await expect(page.getByRole("link", { name: "Company 448" })).toBeVisible();
  await expect(grid(page)).toBeFocused();
});

test("columns are sorted, resized, hidden and calculated, and all of it stands in the address", async ({ page, open, api }) => {
  await api.createMany("companies", COMPANIES);
  await open("/objects/companies?columns=name~p,industry,employees");
  await page.getByRole("columnheader", { name: /Employees/ }).getByRole("button", { name: "Employees", exact: true }).click();
  await page.getByRole("columnheader", { name: /Employees/ }).getByRole("button", { name: "Employees", exact: true }).click();
  await expect(page.getByRole("columnheader", { name: /Employees/ })).toHaveAttribute("aria-sort", "descending");
  await expect(page.getByRole("row").nth(1)).toContainText("Cedar");
  await page.getByRole("button", { name: "Menu of the column Industry" }).click();
  await page.getByRole("menuitem", { name: "Hide column" }).click();
  await expect(page.getByRole("columnheader", { name: /Industry/ })).toHaveCount(0);
  await page.getByRole("separator", { name: "Width of the column Employees" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("button", { name: "Employees: Calculate" }).click();
  await page.getByRole("menuitemradio", { name: "Sum" }).click();
  await expect(page.getByRole("button", { name: /Employees: Sum/ })).toContainText("60");
  const address = page.url();
  expect(address).toContain("sort=-employees");
  await page.goto("/");
  await page.goto(address);
  await expect(page.getByRole("button", { name: /Employees: Sum/ })).toContainText("60");
  await expect(page.getByRole("row").nth(1)).toContainText("Cedar");
  await expectAccessible(page);
});

test("a phone shows a list that leads to records", async ({ page, open, api }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await api.create("people", { first_name: "Grace", last_name: "Hopper", phones: ["+49 30 901820"] });
  await open("/objects/people");
  await expect(page.getByRole("link", { name: "Call 030 901820" })).toHaveAttribute("href", "tel:+4930901820");
  await expectAccessible(page);
  await page.getByRole("link", { name: /Grace Hopper/ }).click();
  await expect(page).toHaveURL(/\/objects\/people\/[0-9a-f-]{36}/);
});

test("an empty list invites, and a filter that finds nothing can be removed", async ({ page, open }) => {
  await open("/objects/products");
  await expect(page.getByRole("heading", { name: "No products yet" })).toBeVisible();
  await expectAccessible(page);
  await page.goto('/objects/products?filter=name%20%3D%3D%20"x"');
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  await page.getByRole("button", { name: "Remove the filter" }).click();
  await expect(page.getByRole("heading", { name: "No products yet" })).toBeVisible();
});
