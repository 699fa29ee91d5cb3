import { expect, expectAccessible, test } from "./support/test";

test("a view is saved, changed, reset and opens first", async ({ page, open, api }) => {
  await api.createMany("companies", [{ name: "Birch", employees: 20 }, { name: "Alder", employees: 10 }]);
  await open("/objects/companies?filter=employees%20%3E%2015");
  await page.getByRole("button", { name: "Save as new view" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Large companies");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Create view" }).click();
  const tab = page.getByRole("button", { name: /^Large companies/ });
  await expect(tab).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByRole("link", { name: "Alder" })).toHaveCount(0);
  expect(new URL(page.url()).searchParams.has("filter")).toBe(false);

  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await expect(page.getByRole("link", { name: "Alder" })).toBeVisible();
  await page.getByRole("button", { name: "Reset" }).click();
  await expect(page.getByRole("link", { name: "Alder" })).toHaveCount(0);

  await page.getByRole("button", { name: "Menu of the view Large companies" }).click();
  await page.getByRole("menuitem", { name: "Open first for me" }).click();
  await expect.poll(async () => (await api.call<{ data: { default: string }[] }>("GET", "/views?object=companies")).data[0]?.default).toBe("mine");
  await page.goto("/objects/companies");
  await expect(tab).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByRole("link", { name: "Alder" })).toHaveCount(0);

  await page.getByRole("button", { name: "Menu of the view Large companies" }).click();
  await page.getByRole("menuitem", { name: "Delete view" }).click();
  await expect(tab).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(tab).toHaveAttribute("aria-pressed", "true");
});
