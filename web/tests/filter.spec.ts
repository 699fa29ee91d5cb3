import { expect, expectAccessible, test } from "./support/test";

test("a filter over a related record is clicked together and shared by its address", async ({ page, open, api, browser, workspace, server }) => {
  const [software, energy] = await api.createMany("companies", [
    { name: "Birch", industry: "software" },
    { name: "Alder", industry: "energy" },
  ]);
  await api.createMany("deals", [
    { name: "Large", company: software?.id, amount: "12000" },
    { name: "Small", company: software?.id, amount: "9000" },
    { name: "Elsewhere", company: energy?.id, amount: "50000" },
  ]);
  await open("/objects/deals");
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByRole("combobox", { name: "Filter by…" }).fill("industry");
  await page.keyboard.press("Enter");
  await page.getByLabel("Operator").click();
  await page.getByRole("option", { name: "is", exact: true }).click();
  await page.getByLabel("Value").fill("software");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Add filter" }).click();
  await page.getByRole("combobox", { name: "Filter by…" }).fill("amount");
  await page.keyboard.press("Enter");
  await page.getByLabel("Value").fill("10000");
  await expect(page.getByRole("link", { name: "Small" })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Large" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Elsewhere" })).toHaveCount(0);
  await expectAccessible(page);
  await page.keyboard.press("Escape");

  const shared = new URL(page.url());
  expect(shared.searchParams.get("filter")).toBe('company.industry == "software" && amount > 10000');
  const colleague = await browser.newPage({ baseURL: server.url });
  await colleague.goto(shared.pathname + shared.search);
  await colleague.getByLabel("E-mail address").fill(workspace.email);
  await colleague.getByLabel("Password").fill(workspace.password);
  await colleague.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(colleague.getByRole("link", { name: "Large" })).toBeVisible();
  await expect(colleague.getByRole("button", { name: "Amount is more than 10,000", exact: true })).toBeVisible();
  await colleague.close();
});

test("a filter is written as its expression, and a wrong one says where it is wrong", async ({ page, open, api }) => {
  await api.createMany("companies", [{ name: "Birch", employees: 20 }, { name: "Alder", employees: 10 }]);
  await open("/objects/companies?filter=employees%20%3E%2015");
  await expect(page.getByRole("link", { name: "Alder" })).toHaveCount(0);
  await page.getByRole("button", { name: "Edit as expression" }).click();
  const expression = page.getByRole("textbox", { name: "Expression" });
  await expect(expression).toHaveValue("employees > 15");
  await expression.fill("employes > 15");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("employees");
  await expression.fill("employees < 15 || name == 'nobody'");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: "Alder" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Birch" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "or", exact: true })).toBeVisible();
});

test("conditions hold together in groups", async ({ page, open, api }) => {
  await api.createMany("companies", [
    { name: "Birch", industry: "Software", employees: 5 },
    { name: "Alder", industry: "Energy", employees: 500 },
    { name: "Cedar", industry: "Energy", employees: 5 },
  ]);
  await open('/objects/companies?filter=industry%20%3D%3D%20"Software"%20%7C%7C%20employees%20%3E%20100');
  await expect(page.getByRole("link", { name: "Cedar" })).toHaveCount(0);
  // From "any of" to "all of", by one click.
  await page.getByRole("button", { name: "or", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  await page.getByRole("button", { name: /Remove Employees/ }).click();
  await expect(page.getByRole("link", { name: "Birch" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Alder" })).toHaveCount(0);
});
