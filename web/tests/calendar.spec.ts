import { expect, expectAccessible, test } from "./support/test";

test("records stand on the days of a calendar, and move by the keyboard", async ({ page, open, api }) => {
  const deal = await api.create("deals", { name: "New scanners", expected_close: "2026-11-12" });
  await open("/objects/deals?kind=calendar&month=2026-11");
  const day = (name: string) => page.getByRole("listitem", { name: new RegExp(`${name} November 2026`) });
  await expect(day("12").getByRole("button", { name: /New scanners/ })).toBeVisible();
  await expectAccessible(page);
  await day("12").getByRole("button", { name: /New scanners/ }).focus();
  await page.keyboard.press("Shift+ArrowRight");
  await expect(day("13").getByRole("button", { name: /New scanners/ })).toBeFocused();
  await expect.poll(async () => (await api.get("deals", deal.id)).expected_close).toBe("2026-11-13");
  await page.getByRole("button", { name: "Next month" }).click();
  await expect(page).toHaveURL(/month=2026-12/);
  await expect(page.getByRole("heading", { name: "December 2026" })).toBeVisible();
});
