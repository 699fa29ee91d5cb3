import { expect, expectAccessible, test } from "./support/test";

test("a record is peeked at beside its list, the next one with J, and opened as a page", async ({ page, open, api }) => {
  const first = await api.create("companies", { name: "Initech", industry: "Software" });
  const second = await api.create("companies", { name: "Penetrode" });
  await open(`/objects/companies?peek=${second.id}`);
  const panel = page.getByRole("dialog", { name: "Penetrode" });
  await expect(panel.getByRole("button", { name: "Penetrode" })).toBeVisible();
  await expect(page.getByRole("grid").getByText("Initech")).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("j");
  await expect(page).toHaveURL(new RegExp(`peek=${first.id}`));
  const other = page.getByRole("dialog", { name: "Initech" });
  await other.getByRole("button", { name: "Edit Industry" }).click();
  await page.getByRole("textbox", { name: "Industry" }).fill("Staplers");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("grid").getByText("Staplers").or(other.getByText("Staplers")).first()).toBeVisible();
  await expect.poll(async () => (await api.get("companies", first.id)).industry).toBe("Staplers");
  await other.getByRole("tab", { name: "Timeline" }).click();
  await expect(other.getByText("Ada Lovelace changed industry from Software to Staplers")).toBeVisible();
  await other.getByRole("link", { name: "Open" }).click();
  await expect(page).toHaveURL(new RegExp(`/objects/companies/${first.id}`));
  await page.keyboard.press("k");
  await expect(page).toHaveURL(new RegExp(`/objects/companies/${second.id}`));
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/objects\/companies\?peek=/);
});
