import { PASSWORD, startServer } from "./support/server";
import { expect, expectAccessible, test } from "./support/test";

test("the set-up link makes a workspace and signs its administrator in", async ({ page }) => {
  test.setTimeout(120_000);
  const server = await startServer();
  try {
    await expect.poll(() => /token=([\w-]+)/.exec(server.log())?.[1]).toBeTruthy();
    const token = /token=([\w-]+)/.exec(server.log())?.[1] ?? "";
    await page.goto(`${server.url}/setup#token=${token}`);
    await expect(page.getByLabel("Your organisation")).toBeFocused();
    await expect(page.getByLabel("Time zone")).toHaveValue("Europe/Berlin");
    await expect(page.getByLabel("Country")).toHaveValue("Germany");
    await expectAccessible(page);
    await page.getByLabel("Your organisation").fill("Analytical Engines");
    await page.getByLabel("Your name").fill("Ada Lovelace");
    await page.getByLabel("Your e-mail address").fill("ada@example.org");
    await page.getByLabel("Password", { exact: true }).fill("passwordpassword");
    await page.getByRole("button", { name: "Create workspace" }).click();
    await expect(page.getByLabel("Password", { exact: true })).toHaveAccessibleDescription(/among the first that are tried/);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Create workspace" }).click();
    await expect(page.getByRole("heading", { name: "Analytical Engines is ready" })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: /Start empty/ }).click();
    await expect(page.getByRole("navigation", { name: "Main navigation" })).toContainText("Analytical Engines");
    // The link works once.
    await page.goto(`${server.url}/setup#token=${token}`);
    await page.reload();
    await page.getByLabel("Your organisation").fill("Another");
    await page.getByLabel("Your name").fill("Eve");
    await page.getByLabel("Your e-mail address").fill("eve@example.org");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Create workspace" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
  } finally {
    await server.stop();
  }
});

test("without its token the set-up page says where to find it", async ({ page }) => {
  await page.goto("/setup");
  await expect(page.getByRole("heading", { name: "Set-up needs its link" })).toBeVisible();
  await expectAccessible(page);
});
