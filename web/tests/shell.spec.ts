import { expect, expectAccessible, test } from "./support/test";

test("who isn't signed in goes to the sign-in page, and then where they wanted to", async ({ page, workspace }) => {
  await page.goto("/objects/deals?filter=amount%20%3E%2010");
  await expect(page).toHaveURL(/\/signin\?/);
  await page.getByLabel("E-mail address").fill(workspace.email);
  await page.getByLabel("Password").fill(workspace.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page).toHaveURL(/\/objects\/deals\?filter=/);
});

test("records and commands are found by the keyboard alone", async ({ page, open, api }) => {
  const company = await api.create("companies", { name: "Wolkenkratzer & Söhne" });
  await open("/");
  await expect(page.getByRole("navigation", { name: "Main navigation" })).toBeVisible();
  await page.keyboard.press("Control+k");
  const input = page.getByRole("combobox", { name: "Search and commands" });
  await expect(input).toBeFocused();
  await input.fill("wolken");
  await expect(page.getByRole("option", { name: /Wolkenkratzer/ })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/objects/companies/${company.id}`));
  await page.keyboard.press("g");
  await page.keyboard.press("p");
  await expect(page).toHaveURL(/\/objects\/people/);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toContainText("Search and commands");
  await expectAccessible(page);
});

test("the theme of the menu is kept for one's other browsers", async ({ page, open, api }) => {
  await open("/");
  await page.getByRole("button", { name: /Ada Lovelace/ }).click();
  await page.getByRole("menuitem", { name: "Theme" }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect.poll(async () => (await api.call<{ theme: string }>("GET", "/users/me")).theme).toBe("dark");
});

test("the palette is accessible", async ({ page, open }) => {
  await open("/");
  await expect(page.getByRole("navigation", { name: "Main navigation" })).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("option").first()).toBeVisible();
  await expectAccessible(page);
});
