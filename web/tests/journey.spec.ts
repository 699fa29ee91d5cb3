import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { Api } from "./support/api";
import { hasMaven, maven, whyNot } from "./support/maven";
import { boardColumn, cell, chooseFile, drag, mapColumn, tabTo, takeOption } from "./support/pages";
import { PASSWORD, type Server, startServer } from "./support/server";
import { expect, test } from "./support/test";

if (!hasMaven) console.log(whyNot);

const EMAIL = "ada@example.org";
const SOFTWARE = 'company.industry == "software" && amount > 10000';

/** What the first part leaves for the others: a reseller's year in Kith. */
let reseller: { server: Server; api: Api } | null = null;

test.describe.configure({ mode: "serial" });
test.skip(!hasMaven, whyNot);

test.afterAll(async () => {
  await reseller?.server.stop();
});

function there(): { url: string; api: Api } {
  if (reseller === null) throw new Error("the reseller has not moved in");
  return { url: reseller.server.url, api: reseller.api };
}

async function signIn(page: Page, path: string): Promise<void> {
  await page.goto(there().url + path);
  await page.getByLabel("E-mail address").fill(EMAIL);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("navigation", { name: "Main navigation" }).first()).toBeVisible();
}

async function count(api: Api, plural: string, filter: string): Promise<number> {
  const { count } = await api.call<{ count: { value: number } }>("GET", `/${plural}?limit=1&count=exact&filter=${encodeURIComponent(filter)}`);
  return count.value;
}

/** Accounts of which two rows are damaged. */
async function damagedAccounts() {
  const lines = (await readFile(maven("accounts.csv"), "utf8")).trimEnd().split(/\r?\n/).slice(0, 6);
  const broken = lines.map((line, row) => (row === 2 || row === 4 ? line.replace(/,(\d+),([^,]*),([^,]*)$/, ",a lot,$2,$3") : line)).map((line, row) => (row === 0 ? line : line.replace(/^/, "New ")));
  return { name: "damaged.csv", mimeType: "text/csv", buffer: Buffer.from(`${broken.join("\n")}\n`) };
}

test("a reseller moves in, from the set-up link to the first year's deals", async ({ page, browser }) => {
  test.setTimeout(300_000);
  const server = await startServer();
  const { url } = server;
  let token = "";

  await test.step("the link that the server prints sets the workspace up", async () => {
    await expect.poll(() => /setup\S*token=([\w-]+)/.exec(server.log())?.[1]).toBeTruthy();
    await page.goto(`${url}/setup#token=${/setup\S*token=([\w-]+)/.exec(server.log())?.[1]}`);
    await page.getByLabel("Your organisation").fill("Maven Hardware");
    await page.getByLabel("Your name").fill("Ada Lovelace");
    await page.getByLabel("Your e-mail address").fill(EMAIL);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Create workspace" }).click();
    await page.getByText("For scripts: your first API token").click();
    token = (await page.locator("code").textContent()) ?? "";
    reseller = { server, api: new Api(server, { name: "Maven Hardware", email: EMAIL, password: PASSWORD, token }) };
    await page.getByRole("button", { name: /Import a file/ }).click();
    await expect(page.getByRole("heading", { name: "Import a file" })).toBeVisible();
  });
  const { api } = there();

  await test.step("the pipeline gets the stages that the files speak of", async () => {
    await page.goto(`${url}/settings/pipelines`);
    for (const [before, after] of [["Qualification", "Prospecting"], ["Discovery", "Engaging"]]) {
      await page.getByRole("textbox", { name: `Name of ${before}` }).fill(after ?? "");
      await page.keyboard.press("Enter");
      await expect(page.getByRole("textbox", { name: `Name of ${after}` })).toBeVisible();
    }
    for (const stage of ["Proposal", "Negotiation"]) {
      await page.getByRole("button", { name: `Delete ${stage}` }).click();
      await expect(page.getByRole("textbox", { name: `Name of ${stage}` })).toHaveCount(0);
    }
  });

  await test.step("products, accounts and deals are imported through the wizard", async () => {
    for (const [file, object, rows] of [["products.csv", "Products", 7], ["accounts.csv", "Companies", 85]] as const) {
      await page.goto(`${url}/import`);
      await chooseFile(page, maven(file));
      await expect(page.getByLabel("What is in it?")).toHaveValue(object);
      await page.getByRole("button", { name: "Go on" }).click();
      await page.getByRole("button", { name: "Check the import" }).click();
      await page.getByRole("button", { name: `Import ${rows} rows` }).click();
      await expect(page.getByRole("heading", { name: `${file} is imported` })).toBeVisible();
    }
    await page.goto(`${url}/import`);
    await chooseFile(page, maven("sales_pipeline.csv"));
    await expect(page.getByLabel("What is in it?")).toHaveValue("Deals");
    await page.getByRole("button", { name: "Go on" }).click();
    await mapColumn(page, "account", "Company");
    await mapColumn(page, "close_date", "Closed");
    // One column fills two fields.
    await page.getByRole("button", { name: "Options of opportunity_id" }).click();
    await page.getByRole("button", { name: "Fill another field from this column too" }).click();
    await page.getByRole("combobox", { name: "Becomes: opportunity_id", exact: true }).nth(1).fill("Name");
    await page.getByRole("option", { name: "Name", exact: true }).click();
    await page.getByRole("button", { name: "Options of opportunity_id" }).click();
    await page.getByRole("button", { name: "Options of sales_agent" }).click();
    await page.getByRole("combobox", { name: "If there is no such user" }).click();
    await page.getByRole("option", { name: "Create an inactive user" }).click();
    await page.getByRole("button", { name: "Options of sales_agent" }).click();
    await page.getByRole("button", { name: "Options of product" }).click();
    await page.getByRole("textbox", { name: "Means: GTXPro" }).fill("GTX Pro");
    await page.getByRole("button", { name: "Check the import" }).click();
    await page.getByRole("button", { name: "Import 8,800 rows" }).click({ timeout: 60_000 });
    await expect(page.getByRole("progressbar")).toBeVisible();
    // It goes on while one is elsewhere.
    const { pathname } = new URL(page.url());
    await page.goto(`${url}/tasks`);
    await page.goto(url + pathname);
    await expect(page.getByRole("heading", { name: "sales_pipeline.csv is imported" })).toBeVisible({ timeout: 90_000 });
  });

  await test.step("the board says what the files say", async () => {
    await page.goto(`${url}/objects/deals?kind=board`);
    for (const name of ["Prospecting, 500 deals", "Engaging, 1,589 deals", "Won, 4,238 deals", "Lost, 2,473 deals"]) {
      await expect(page.getByRole("region", { name, exact: true })).toBeVisible();
    }
    await boardColumn(page, "Won").getByText("€10m", { exact: true }).hover();
    await expect(page.getByText("Sum: €10,005,534")).toBeVisible();
    // Deals in hand have no value yet, and lost ones are worth nothing.
    const { groups } = await api.call<{ groups: { key: Record<string, string>; sum: { amount: string | null } }[] }>("GET", "/deals/aggregate?group_by=stage.name&metrics=sum(amount)");
    const sums = Object.fromEntries(groups.map(({ key, sum }) => [key["stage.name"], Number(sum.amount ?? 0)]));
    expect(sums).toEqual({ Prospecting: 0, Engaging: 0, Won: 10_005_534, Lost: 0 });
  });

  await test.step("a deal is moved by the keyboard, and back with the mouse", async () => {
    const card = boardColumn(page, "Prospecting").getByRole("group").first();
    const name = (await card.getAttribute("aria-label")) ?? "";
    await card.focus();
    await page.keyboard.press("Shift+ArrowRight");
    await expect(page.getByRole("region", { name: "Engaging, 1,590 deals", exact: true })).toBeVisible();
    await expect(boardColumn(page, "Engaging").getByRole("group", { name })).toBeFocused();
    expect(await count(api, "deals", `name == "${name}" && stage.name == "Engaging"`)).toBe(1);
    await drag(page, boardColumn(page, "Engaging").getByRole("group", { name }), boardColumn(page, "Prospecting"));
    await expect(page.getByRole("region", { name: "Prospecting, 500 deals", exact: true })).toBeVisible();
    await expect.poll(() => count(api, "deals", `name == "${name}" && stage.name == "Prospecting"`)).toBe(1);
  });

  await test.step("a filter is built by clicking, and a colleague opens its address", async () => {
    await page.goto(`${url}/objects/deals`);
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    await page.getByRole("combobox", { name: "Filter by…" }).fill("industry");
    await page.getByRole("option", { name: /Industry/ }).first().click();
    await page.getByLabel("Operator").click();
    await page.getByRole("option", { name: "is", exact: true }).click();
    await page.getByLabel("Value").fill("software");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Add filter" }).click();
    await page.getByRole("combobox", { name: "Filter by…" }).fill("amount");
    await page.getByRole("option", { name: "Amount", exact: true }).first().click();
    await page.getByLabel("Value").fill("10000");
    await expect.poll(() => new URL(page.url()).searchParams.get("filter")).toBe(SOFTWARE);
    await expect(page.getByText("1 deal", { exact: true })).toBeVisible();
    const shared = new URL(page.url());
    const colleague = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Berlin" });
    const theirs = await colleague.newPage();
    await signIn(theirs, shared.pathname + shared.search);
    await expect(theirs.getByText("1 deal", { exact: true })).toBeVisible();
    await expect(theirs.getByRole("grid").getByRole("link", { name: "4X3H9YD5" })).toBeVisible();
    await colleague.close();
  });

  await test.step("an edit in the table survives a reload", async () => {
    await page.goto(`${url}/objects/companies?sort=name&columns=name~p,industry,employees`);
    await cell(page, "Acme Corporation", "industry").dblclick();
    await page.getByRole("textbox", { name: "Industry" }).fill("technology");
    await page.keyboard.press("Enter");
    await expect(cell(page, "Acme Corporation", "industry")).toHaveText("technology");
    await expect.poll(() => count(api, "companies", 'name == "Acme Corporation" && industry == "technology"')).toBe(1);
    await page.reload();
    await expect(cell(page, "Acme Corporation", "industry")).toHaveText("technology");
  });

  await test.step("where two change the same, one chooses", async () => {
    const [acme] = await api.list("companies", `?filter=${encodeURIComponent('name == "Acme Corporation"')}`);
    await cell(page, "Acme Corporation", "employees").dblclick();
    await page.getByRole("textbox", { name: "Employees" }).fill("2900");
    await api.call("PATCH", `/companies/${acme?.id}`, { employees: 3000 });
    await page.keyboard.press("Enter");
    const conflict = page.getByRole("dialog", { name: "Somebody else changed this meanwhile" });
    await expect(conflict).toContainText("3,000");
    await conflict.getByRole("button", { name: "Keep mine" }).click();
    await expect.poll(async () => (await api.get("companies", acme?.id ?? "")).employees).toBe(2900);
  });

  await test.step("all that match are changed at once, and changed back", async () => {
    await page.goto(`${url}/objects/deals?filter=${encodeURIComponent('stage.name == "Engaging"')}`);
    await expect(page.getByText("1,589 deals", { exact: true })).toBeVisible();
    await page.getByRole("checkbox", { name: "Select all shown" }).click();
    await expect(page).toHaveURL(/selected=all/);
    await page.getByRole("button", { name: "Edit field" }).click();
    const dialog = page.getByRole("dialog", { name: "Edit a field of 1,589 deals" });
    await dialog.getByLabel("Field").click();
    await page.getByRole("combobox", { name: "Field" }).fill("source");
    await page.getByRole("option", { name: "Source" }).first().click();
    await dialog.getByLabel("Source").fill("Trade fair");
    await dialog.getByRole("button", { name: "Apply to 1,589" }).click();
    await expect(page.getByRole("heading", { name: "1,589 deals changed" })).toBeVisible({ timeout: 60_000 });
    expect(await count(api, "deals", 'source == "Trade fair"')).toBe(1589);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => count(api, "deals", 'source == "Trade fair"'), { timeout: 60_000 }).toBe(0);
  });

  await test.step("what a damaged file has to be asked about comes back as a file", async () => {
    await page.goto(`${url}/import`);
    await chooseFile(page, await damagedAccounts());
    await expect(page.getByLabel("What is in it?")).toHaveValue("Companies");
    await page.getByRole("button", { name: "Go on" }).click();
    await mapColumn(page, "employees", "Employees");
    await page.getByRole("button", { name: "Options of employees" }).click();
    await page.getByRole("combobox", { name: "If a value isn't accepted" }).click();
    await page.getByRole("option", { name: "Reject the row" }).click();
    await page.getByRole("button", { name: "Check the import" }).click();
    await page.getByRole("button", { name: /^Import \d rows/ }).click();
    await expect(page.getByRole("heading", { name: "damaged.csv is imported" })).toBeVisible();
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /^Rejected rows/ }).click()]);
    const rejected = (await readFile(await file.path(), "utf8")).trimEnd().split(/\r?\n/);
    expect(rejected).toHaveLength(3);
    expect(rejected[1]).toContain("a lot");
    await page.getByRole("button", { name: "Undo this import" }).click();
    await page.getByRole("button", { name: "Undo the import" }).click();
    await expect(page.getByRole("heading", { name: "The import was undone" })).toBeVisible();
    expect(await count(api, "companies", "true")).toBe(85);
  });
});

test("the same by the keyboard alone", async ({ page }) => {
  test.setTimeout(120_000);
  const { api } = there();
  const layouts = page.getByRole("button", { name: /^(Table|Board|Calendar)$/ });
  await signIn(page, "/import");

  await test.step("a file is imported, and what was rejected is fetched", async () => {
    const choose = page.locator("button", { hasText: "Choose a file" });
    const opened = page.waitForEvent("filechooser");
    await expect(page.getByRole("link", { name: "damaged.csv" })).toBeVisible();
    await tabTo(page, choose);
    await expect(choose).toBeFocused();
    await page.keyboard.press("Enter");
    await (await opened).setFiles(await damagedAccounts());
    await tabTo(page, page.getByRole("button", { name: "Go on" }));
    await page.keyboard.press("Enter");
    await tabTo(page, page.getByRole("button", { name: "Options of employees" }));
    await page.keyboard.press("Enter");
    await tabTo(page, page.getByRole("combobox", { name: "If a value isn't accepted" }));
    await page.keyboard.press("Enter");
    await takeOption(page, "Reject the row");
    await tabTo(page, page.getByRole("button", { name: "Check the import" }));
    await page.keyboard.press("Enter");
    await tabTo(page, page.getByRole("button", { name: /^Import \d rows/ }));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "damaged.csv is imported" })).toBeVisible();
    await tabTo(page, page.getByRole("link", { name: /^Rejected rows/ }));
    await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    await tabTo(page, page.getByRole("button", { name: "Undo this import" }));
    await page.keyboard.press("Enter");
    const confirm = page.getByRole("button", { name: "Undo the import" });
    await tabTo(page, confirm);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "The import was undone" })).toBeVisible();
  });

  await test.step("a deal is moved on the board", async () => {
    await page.keyboard.press("g");
    await page.keyboard.press("d");
    await expect(page.getByRole("grid", { name: "Deals" })).toBeVisible();
    // One of the layouts takes the focus; arrows lead to the others.
    await tabTo(page, layouts);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    const card = boardColumn(page, "Prospecting").getByRole("group").first();
    await tabTo(page, card);
    const name = (await card.getAttribute("aria-label")) ?? "";
    await page.keyboard.press("Shift+ArrowRight");
    await expect.poll(() => count(api, "deals", `name == "${name}" && stage.name == "Engaging"`)).toBe(1);
    await page.keyboard.press("Control+z");
    await expect.poll(() => count(api, "deals", `name == "${name}" && stage.name == "Prospecting"`)).toBe(1);
  });

  await test.step("a filter is built", async () => {
    await tabTo(page, layouts, "Shift+Tab");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("grid", { name: "Deals" })).toBeVisible();
    await tabTo(page, page.getByRole("button", { name: "Filter", exact: true }), "Shift+Tab");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("combobox", { name: "Filter by…" })).toBeFocused();
    await page.keyboard.type("industry");
    await page.keyboard.press("Enter");
    await tabTo(page, page.getByLabel("Operator"), "Shift+Tab");
    await page.keyboard.press("Enter");
    await takeOption(page, "is");
    await tabTo(page, page.getByLabel("Value"));
    await page.keyboard.type("software");
    await page.keyboard.press("Escape");
    await tabTo(page, page.getByRole("button", { name: "Add filter" }));
    await page.keyboard.press("Enter");
    await page.keyboard.type("amount");
    await page.keyboard.press("Enter");
    await tabTo(page, page.getByLabel("Value"));
    await page.keyboard.type("10000");
    await expect.poll(() => new URL(page.url()).searchParams.get("filter")).toBe(SOFTWARE);
    await page.keyboard.press("Escape");
    await expect(page.getByText("1 deal", { exact: true })).toBeVisible();
  });

  await test.step("a cell is edited, and a conflict resolved", async () => {
    const [acme] = await api.list("companies", `?filter=${encodeURIComponent('name == "Acme Corporation"')}`);
    await page.goto(`${there().url}/objects/companies?sort=name&columns=name~p,industry,employees`);
    await expect(cell(page, "Acme Corporation", "employees")).toBeVisible();
    await tabTo(page, page.getByRole("grid"));
    await page.keyboard.press("End");
    await page.keyboard.type("2800");
    // While the editor is open: what comes before is shown at once, and is no conflict.
    await api.call("PATCH", `/companies/${acme?.id}`, { employees: 3100 });
    await page.keyboard.press("Enter");
    const conflict = page.getByRole("dialog", { name: "Somebody else changed this meanwhile" });
    await tabTo(page, conflict.getByRole("button", { name: "Keep mine" }));
    await page.keyboard.press("Enter");
    await expect.poll(async () => (await api.get("companies", acme?.id ?? "")).employees).toBe(2800);
    await page.reload();
    await expect(cell(page, "Acme Corporation", "employees")).toHaveText("2,800");
  });

  await test.step("all that match are changed, and changed back", async () => {
    await page.goto(`${there().url}/objects/companies?filter=${encodeURIComponent('industry == "retail"')}`);
    await expect(page.getByText("17 companies", { exact: true })).toBeVisible();
    await tabTo(page, page.getByRole("grid"));
    await page.keyboard.press("Control+a");
    await tabTo(page, page.getByRole("button", { name: "Edit field" }));
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Edit a field of 17 companies" });
    await tabTo(page, dialog.getByLabel("Field"));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("combobox", { name: "Field" })).toBeFocused();
    await page.keyboard.type("description");
    await page.keyboard.press("Enter");
    await tabTo(page, page.getByRole("textbox", { name: "Description" }));
    await page.keyboard.type("Shops");
    await tabTo(page, page.getByRole("button", { name: "Apply to 17" }));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "17 companies changed" })).toBeVisible();
    expect(await count(api, "companies", 'description == "Shops"')).toBe(17);
    await page.keyboard.press("Control+z");
    await expect.poll(() => count(api, "companies", 'description == "Shops"')).toBe(0);
  });
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("a customer is found, called and written about, and a deal moved", async ({ page }) => {
    const { api } = there();
    const [acme] = await api.list("companies", `?filter=${encodeURIComponent('name == "Acme Corporation"')}`);
    await api.call("PATCH", `/companies/${acme?.id}`, { phones: ["+49 30 901820"] });
    await signIn(page, "/");
    const bar = page.getByRole("navigation", { name: "Main navigation" }).last();
    await bar.getByRole("button", { name: "Search" }).tap();
    await page.getByRole("combobox", { name: "Search and commands" }).fill("acme");
    await page.getByRole("option", { name: /Acme Corporation/ }).tap();
    await expect(page.getByRole("heading", { name: "Acme Corporation", level: 2 })).toBeVisible();
    await page.getByRole("tab", { name: "Facts" }).tap();
    await expect(page.getByRole("link", { name: "030 901820" })).toHaveAttribute("href", "tel:+4930901820");
    await page.getByRole("button", { name: "Edit Industry" }).tap();
    await page.getByRole("textbox", { name: "Industry" }).fill("hardware");
    await page.keyboard.press("Enter");
    await expect.poll(async () => (await api.get("companies", acme?.id ?? "")).industry).toBe("hardware");
    await page.getByRole("tab", { name: "Timeline" }).tap();
    await page.getByRole("textbox", { name: "Note" }).fill("They want two more scanners.");
    await page.getByRole("button", { name: "Save note" }).tap();
    await expect(page.getByRole("article").filter({ hasText: "two more scanners" })).toHaveCount(1);

    await bar.getByRole("link", { name: "Deals" }).tap();
    await page.getByRole("button", { name: "Board", exact: true }).tap();
    const card = boardColumn(page, "Prospecting").getByRole("group").first();
    const name = (await card.getAttribute("aria-label")) ?? "";
    await page.getByRole("button", { name: `Menu of ${name}` }).tap();
    await page.getByRole("menuitem", { name: "Move to" }).tap();
    await page.getByRole("menuitem", { name: "Engaging" }).tap();
    await expect.poll(() => count(api, "deals", `name == "${name}" && stage.name == "Engaging"`)).toBe(1);

    await page.goto(`${there().url}/objects/deals?filter=${encodeURIComponent(SOFTWARE)}`);
    await page.getByRole("link", { name: /4X3H9YD5/ }).tap();
    await expect(page.getByRole("heading", { name: "4X3H9YD5", level: 2 })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
});
