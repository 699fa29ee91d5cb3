import { expect, expectAccessible, test } from "./support/test";

test("a record shows its facts, its timeline and what is related to it", async ({ page, open, api }) => {
  const company = await api.create("companies", { name: "Wolkenkratzer & Söhne", phones: ["+493012345678"], emails: ["hallo@wolkenkratzer.example"], industry: "Construction" });
  const person = await api.create("people", { first_name: "Zoë", last_name: "Müller", company: company.id });
  await api.create("deals", { name: "New lifts", company: company.id, amount: "1200 EUR" });
  await api.create("notes", { body: "They like stairs.", about: { object: "company", id: company.id } });
  await open(`/objects/companies/${company.id}`);
  await expect(page.getByRole("heading", { name: "Wolkenkratzer & Söhne", level: 2 })).toBeVisible();
  const facts = page.getByRole("region", { name: "Facts" });
  await expect(facts.getByRole("link", { name: "030 12345678" })).toHaveAttribute("href", "tel:+493012345678");
  await expect(facts.getByRole("link", { name: "hallo@wolkenkratzer.example" })).toHaveAttribute("href", "mailto:hallo@wolkenkratzer.example");
  await expect(page.getByText("They like stairs.")).toBeVisible();
  await expect(page.getByText("Ada Lovelace created this company")).toBeVisible();
  const related = page.getByRole("region", { name: "Related" });
  await expect(related.getByRole("link", { name: "Zoë Müller" })).toHaveAttribute("href", `/objects/people/${person.id}`);
  await expect(related.getByRole("link", { name: "New lifts" })).toBeVisible();
  await expect(related.getByRole("link", { name: "Show all: Deals" })).toHaveAttribute("href", /filter=/);
  await expectAccessible(page);
});

test("a fact is edited in place by the keyboard, and the change is told in the timeline", async ({ page, open, api }) => {
  const company = await api.create("companies", { name: "Initech", industry: "Software" });
  await open(`/objects/companies/${company.id}`);
  const button = page.getByRole("button", { name: "Edit Industry" });
  await button.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Industry" })).toBeFocused();
  await page.keyboard.type("Staplers");
  await page.keyboard.press("Enter");
  await expect(button).toBeFocused();
  await expect(page.getByText("Ada Lovelace changed industry from Software to Staplers")).toBeVisible();
  expect((await api.get("companies", company.id)).industry).toBe("Staplers");
  await page.keyboard.press("Control+z");
  await expect(page.getByText("Ada Lovelace changed industry from Staplers to Software")).toBeVisible();
});

test("a refused change is taken back with the server's sentence at the field", async ({ page, open, api }) => {
  const company = await api.create("companies", { name: "Initech", employees: 12 });
  await open(`/objects/companies/${company.id}`);
  await page.getByRole("button", { name: "Edit Employees" }).click();
  await page.getByRole("textbox", { name: "Employees" }).fill("many");
  await page.keyboard.press("Enter");
  const popover = page.getByRole("dialog", { name: "Not saved" });
  await expect(popover).toContainText(/whole number/i);
  await expect(page.getByRole("region", { name: "Facts" })).toContainText("12");
  await expectAccessible(page);
  await popover.getByRole("button", { name: "Edit again" }).click();
  await expect(page.getByRole("textbox", { name: "Employees" })).toHaveValue("many");
});

test("two people change the same fact: both values are shown, and one chooses", async ({ page, open, api }) => {
  const company = await api.create("companies", { name: "Initech", industry: "Software" });
  await open(`/objects/companies/${company.id}`);
  await expect(page.getByRole("button", { name: "Edit Industry" })).toBeVisible();
  await page.getByRole("button", { name: "Edit Industry" }).click();
  await page.getByRole("textbox", { name: "Industry" }).fill("Staplers");
  await api.call("PATCH", `/companies/${company.id}`, { industry: "Paper" });
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Somebody else changed this meanwhile" });
  await expect(dialog).toContainText("Staplers");
  await expect(dialog).toContainText("Paper");
  await dialog.getByRole("button", { name: "Keep mine" }).click();
  await expect.poll(async () => (await api.get("companies", company.id)).industry).toBe("Staplers");
});

test("losing a deal asks for the reason, and can be undone", async ({ page, open, api }) => {
  const deal = await api.create("deals", { name: "New lifts", amount: "1200 EUR" });
  await open(`/objects/deals/${deal.id}`);
  const stages = page.getByRole("list", { name: /^Stages of/ });
  await stages.getByRole("button", { name: /^Move to/ }).last().click();
  await expect(stages.getByRole("button").last()).toHaveAttribute("aria-current", "step");
  await page.getByRole("button", { name: "Close as" }).click();
  await page.getByRole("menuitem", { name: "Lost" }).click();
  const dialog = page.getByRole("dialog", { name: "Why was it lost?" });
  await dialog.getByRole("textbox").fill("Stairs are cheaper");
  await expectAccessible(page);
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect.poll(async () => (await api.get("deals", deal.id)).lost_reason).toBe("Stairs are cheaper");
  await expect(page.getByText("Moved to Lost")).toBeVisible();
  await page.keyboard.press("Control+z");
  await expect.poll(async () => (await api.get("deals", deal.id)).lost_reason).toBeNull();
});

test("a note's draft survives a reload, and a deleted note comes back", async ({ page, open, api }) => {
  const company = await api.create("companies", { name: "Initech" });
  await open(`/objects/companies/${company.id}`);
  const area = page.getByRole("textbox", { name: "Note" });
  await expect(area).toHaveAttribute("contenteditable", "true");
  await area.fill("First line\nsecond line");
  await page.reload();
  await expect(area).toHaveText("First linesecond line");
  await area.press("Control+Enter");
  const note = page.getByRole("article").filter({ hasText: "First line" });
  await expect(note).toHaveCount(1);
  await expect(area).toHaveText("");
  await note.hover();
  await note.getByRole("button", { name: "Note actions" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(note).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(note).toHaveCount(1);
});

test("deleting a record leads back, and undo brings it back", async ({ page, open, api }) => {
  const company = await api.create("companies", { name: "Initech" });
  await open("/objects/companies");
  await page.getByRole("grid").getByRole("link", { name: "Initech" }).click();
  await expect(page.getByRole("heading", { name: "Initech", level: 2, exact: true })).toBeVisible();
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(page).toHaveURL(/\/objects\/companies$/);
  await expect(page.getByRole("heading", { name: "No companies yet" })).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page).toHaveURL(new RegExp(company.id));
  await expect(page.getByRole("heading", { name: "Initech", level: 2, exact: true })).toBeVisible();
});

test("what isn't there is said, with a way on", async ({ page, open }) => {
  await open("/objects/companies/01900000-0000-7000-8000-000000000000");
  await expect(page.getByRole("heading", { name: "There is no such company here" })).toBeVisible();
  await expect(page.getByRole("link", { name: "All companies" })).toBeVisible();
  await expectAccessible(page);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("facts, timeline and related records are tabs", async ({ page, open, api }) => {
    const company = await api.create("companies", { name: "شركة النور للتجارة المحدودة", phones: ["+493012345678"] });
    await open(`/objects/companies/${company.id}`);
    await page.getByRole("tab", { name: "Facts" }).click();
    await expect(page).toHaveURL(/tab=facts/);
    await expect(page.getByRole("link", { name: "030 12345678" })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("tab", { name: "Related" }).click();
    await expect(page.getByRole("heading", { name: "People" })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
});

test("an object of one's own has a page like any other", async ({ page, open, api }) => {
  const company = await api.create("companies", { name: "Initech" });
  await api.call("POST", "/objects", { name: "vehicle", plural: "vehicles", label: "Vehicle", label_plural: "Vehicles" });
  await api.call("POST", "/objects/vehicle/fields", { name: "keeper", label: "Keeper", type: "relation", object: "company" });
  const vehicle = await api.create("vehicles", { name: "Lorry 1", keeper: company.id });
  await open(`/objects/vehicles/${vehicle.id}`);
  await page.getByRole("button", { name: "Lorry 1" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Lorry 2");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Lorry 2", level: 2, exact: true })).toBeVisible();
  await expect(page.getByText("Ada Lovelace changed name from Lorry 1 to Lorry 2")).toBeVisible();
  await page.getByRole("region", { name: "Facts" }).getByRole("link", { name: "Initech" }).click();
  await expect(page.getByRole("region", { name: "Vehicles" }).getByRole("link", { name: "Lorry 2" })).toBeVisible();
});

test("what happened long ago is loaded when it is asked for", async ({ page, open, api }) => {
  const company = await api.create("companies", { name: "Initech" });
  for (let start = 1; start <= 120; start += 60) {
    const operations = Array.from({ length: 60 }, (_, place) => ({ op: "update", object: "companies", id: company.id, data: { employees: start + place } }));
    await api.call("POST", "/batch", { operations });
  }
  await open(`/objects/companies/${company.id}`);
  await expect(page.getByText("Ada Lovelace changed employees from 119 to 120")).toBeVisible();
  await expect(page.getByText("Ada Lovelace created this company")).toHaveCount(0);
  await expect(async () => {
    const earlier = page.getByRole("button", { name: "Show earlier" });
    if (await earlier.isVisible()) await earlier.click();
    await expect(page.getByText("Ada Lovelace created this company")).toBeVisible({ timeout: 1000 });
  }).toPass();
});
