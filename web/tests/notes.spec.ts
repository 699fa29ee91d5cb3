import { expect, expectAccessible, test } from "./support/test";

test("everybody's notes are read, searched and corrected in one place", async ({ page, open, api }) => {
  const company = await api.create("companies", { name: "Initech" });
  await api.create("notes", { body: "They like staplers.", about: { object: "company", id: company.id } });
  await api.create("notes", { body: "Lunch was long." });
  await open("/notes");
  await expect(page.getByRole("article")).toHaveCount(2);
  await expectAccessible(page);
  await page.getByRole("searchbox", { name: "Search notes…" }).fill("staplers");
  await expect(page.getByRole("article")).toHaveCount(1);
  await expect(page).toHaveURL(/q=staplers/);
  await expect(page.getByRole("link", { name: "Initech" })).toBeVisible();
  const note = page.getByRole("article");
  await note.hover();
  await note.getByRole("button", { name: "Note actions" }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  await expect(page.getByRole("textbox", { name: "Note", exact: true })).toBeFocused();
  await page.getByRole("textbox", { name: "Note", exact: true }).fill("They love staplers.\nRed ones.");
  await page.keyboard.press("Control+Enter");
  await expect(note.getByText("They love staplers.")).toBeVisible();
  await expect(note.getByText("edited")).toBeVisible();
  expect(await api.list("notes", "?fields=body&sort=created_at")).toMatchObject([{ body: "They love staplers.\nRed ones." }, { body: "Lunch was long." }]);
});
