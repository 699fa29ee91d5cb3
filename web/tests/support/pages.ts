import type { Locator, Page } from "@playwright/test";
import { expect } from "./test";

/** Gives the import wizard a file. */
export async function chooseFile(page: Page, file: Parameters<Page["setInputFiles"]>[1]): Promise<void> {
  await page.getByLabel("Choose a file", { exact: true }).and(page.locator("input")).setInputFiles(file);
}

/** Maps a column of a file to a field by typing its name. */
export async function mapColumn(page: Page, column: string, field: string): Promise<void> {
  const box = page.getByRole("combobox", { name: `Becomes: ${column}`, exact: true });
  if ((await box.inputValue()) === field) return;
  await box.fill(field);
  await page.getByRole("option", { name: field, exact: true }).click();
}

/** The cell of a record in a column of a table. */
export function cell(page: Page, name: string, column: string): Locator {
  return page.getByRole("row").filter({ hasText: name }).locator(`[role=gridcell][data-column="${column}"]`);
}

/** A column of a board, by what its heading begins with. */
export function boardColumn(page: Page, name: string): Locator {
  return page.getByRole("region", { name: new RegExp(`^${name},`) });
}

/** Puts a card of a board into another column with the mouse. */
export async function drag(page: Page, card: Locator, column: Locator): Promise<void> {
  const from = await card.boundingBox();
  const to = await column.boundingBox();
  if (from === null || to === null) throw new Error("the board has no such card or column");
  await page.mouse.move(from.x + 60, from.y + from.height - 8);
  await page.mouse.down();
  await page.mouse.move(from.x + 80, from.y + from.height + 20, { steps: 5 });
  await page.mouse.move(to.x + 100, to.y + 120, { steps: 10 });
  await page.mouse.move(to.x + 110, to.y + 130, { steps: 5 });
  await page.mouse.up();
}

/** Goes on with Tab until something has the focus, as one without a mouse does. */
export async function tabTo(page: Page, wanted: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  await expect(wanted.first()).toBeAttached();
  for (let step = 0; step < 120; step += 1) {
    const isThere = await wanted.evaluateAll((elements) => elements.some((element) => element === document.activeElement));
    if (isThere) return;
    await page.keyboard.press(key);
  }
  throw new Error(`Tab does not lead to ${String(wanted)}`);
}

/** Goes down an open list to one of its options, and takes it. */
export async function takeOption(page: Page, name: string): Promise<void> {
  const option = page.getByRole("option", { name, exact: true });
  const highlighted = page.locator("[role=option][data-highlighted]");
  await expect(option).toBeVisible();
  await page.keyboard.press("Home");
  for (let step = 0; step < 40; step += 1) {
    await expect(highlighted).toHaveCount(1);
    if ((await option.getAttribute("data-highlighted")) !== null) return page.keyboard.press("Enter");
    const before = await highlighted.textContent();
    await page.keyboard.press("ArrowDown");
    await expect(highlighted).not.toHaveText(before ?? "");
  }
  throw new Error(`the arrows do not lead to ${name}`);
}
