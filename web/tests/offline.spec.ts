import { browserOf } from "./support/people";
import { expect, expectAccessible, test } from "./support/test";

test("edits made offline wait, are saved in order when one is back, and a conflict is shown", async ({ api, browser, server, workspace }) => {
  const company = await api.create("companies", { name: "Initech", industry: "Software", employees: 10 });
  const page = await browserOf(browser, server.url, workspace, `/objects/companies/${company.id}`);
  await expect(page.locator("[data-live]")).toHaveAttribute("data-live", "live");
  const facts = page.getByRole("region", { name: "Facts" });
  const edit = async (field: string, value: string) => {
    await page.getByRole("button", { name: `Edit ${field}` }).click();
    await page.getByRole("textbox", { name: field }).fill(value);
    await page.keyboard.press("Enter");
  };
  // The editors are there before the network goes.
  await edit("Employees", "11");
  await expect.poll(async () => (await api.get("companies", company.id)).employees).toBe(11);
  await page.context().setOffline(true);
  await edit("Industry", "Staplers");
  await edit("Employees", "12");
  await edit("Employees", "13");
  const banner = page.getByRole("status").filter({ hasText: "You are offline." });
  await expect(banner).toContainText("2 changes wait to be saved.");
  await expect(facts).toContainText("Staplers");
  await expect(facts.getByText("Waits to be saved")).toHaveCount(2);
  await expectAccessible(page);
  // Somebody else changes the same meanwhile, and something else.
  await api.call("PATCH", `/companies/${company.id}`, { industry: "Paper" });
  await page.context().setOffline(false);
  const dialog = page.getByRole("dialog", { name: "Somebody else changed this meanwhile" });
  await expect(dialog).toContainText("Staplers", { timeout: 30_000 });
  await expect(dialog).toContainText("Paper");
  await expect.poll(async () => (await api.get("companies", company.id)).employees).toBe(13);
  await expect(banner).toHaveCount(0);
  await expect(page.getByText("Your change is saved")).toBeVisible();
  await dialog.getByRole("button", { name: "Keep mine" }).click();
  await expect.poll(async () => (await api.get("companies", company.id)).industry).toBe("Staplers");
  await expect(facts.getByText("Waits to be saved")).toHaveCount(0);
  await page.context().close();
});

test("a cell that was edited offline says so until it is saved", async ({ api, browser, server, workspace }) => {
  const company = await api.create("companies", { name: "Initech", industry: "Software" });
  const page = await browserOf(browser, server.url, workspace, "/objects/companies?columns=name~p,industry");
  await expect(page.locator("[data-live]")).toHaveAttribute("data-live", "live");
  const cell = page.getByRole("row").filter({ hasText: "Initech" }).locator('[data-column="industry"]');
  await cell.dblclick();
  await page.getByRole("textbox", { name: "Industry" }).fill("Paper");
  await page.context().setOffline(true);
  await page.keyboard.press("Enter");
  await expect(cell).toContainText("Paper");
  await expect(cell.getByText("Waits to be saved")).toBeAttached();
  expect((await api.get("companies", company.id)).industry).toBe("Software");
  await page.context().setOffline(false);
  await expect.poll(async () => (await api.get("companies", company.id)).industry, { timeout: 30_000 }).toBe("Paper");
  await expect(cell.getByText("Waits to be saved")).toHaveCount(0);
  await page.context().close();
});
