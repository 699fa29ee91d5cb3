import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "./support/test";
import type { Api, Record_ } from "./support/api";

async function stages(api: Api): Promise<Map<string, Record_>> {
  const all = await api.list("stages", "?sort=position");
  return new Map(all.map((stage) => [String(stage.name), stage]));
}

function column(page: Page, name: string) {
  return page.getByRole("region", { name: new RegExp(`^${name},`) });
}

async function stageOf(api: Api, id: string): Promise<unknown> {
  const deal = await api.get("deals", id);
  return (deal.stage as { id: string }).id;
}

test("a deal is moved by keyboard, by menu and back by undo, and the totals follow", async ({ page, open, api }) => {
  const all = await stages(api);
  const first = all.get("Qualification");
  const deal = await api.create("deals", { name: "New scanners", amount: "1000", stage: first?.id });
  await api.create("deals", { name: "Other", amount: "500", stage: first?.id });
  await open("/objects/deals?kind=board");
  await expect(column(page, "Qualification")).toContainText("€1.5k");
  await expect(column(page, "Qualification")).toContainText("No next step");
  await column(page, "Qualification").getByRole("group", { name: "New scanners" }).focus();
  await page.keyboard.press("Shift+ArrowRight");
  await expect(column(page, "Discovery").getByRole("group", { name: "New scanners" })).toBeFocused();
  await expect(column(page, "Discovery")).toContainText("€1k");
  await expect(column(page, "Qualification")).toContainText("€500");
  await expect.poll(() => stageOf(api, deal.id)).toBe(all.get("Discovery")?.id);
  await expectAccessible(page);

  await column(page, "Discovery").getByRole("group", { name: "New scanners" }).hover();
  await page.getByRole("button", { name: "Menu of New scanners" }).click();
  await page.getByRole("menuitem", { name: "Move to" }).hover();
  await page.getByRole("menuitem", { name: "Proposal" }).click();
  await expect(column(page, "Proposal").getByRole("group", { name: "New scanners" })).toBeVisible();
  await expect.poll(() => stageOf(api, deal.id)).toBe(all.get("Proposal")?.id);
  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect.poll(() => stageOf(api, deal.id)).toBe(all.get("Discovery")?.id);
  await expect(column(page, "Discovery").getByRole("group", { name: "New scanners" })).toBeVisible();
});

test("a deal is moved by dragging", async ({ page, open, api }) => {
  const all = await stages(api);
  const deal = await api.create("deals", { name: "New scanners", amount: "1000", stage: all.get("Qualification")?.id });
  await open("/objects/deals?kind=board");
  const card = column(page, "Qualification").getByRole("group", { name: "New scanners" });
  const from = await card.boundingBox();
  const to = await column(page, "Discovery").boundingBox();
  if (from === null || to === null) throw new Error("the board has no columns");
  await page.mouse.move(from.x + 60, from.y + from.height - 8);
  await page.mouse.down();
  await page.mouse.move(from.x + 80, from.y + 40, { steps: 5 });
  await page.mouse.move(to.x + 100, to.y + 120, { steps: 10 });
  await page.mouse.move(to.x + 110, to.y + 130, { steps: 5 });
  await page.mouse.up();
  await expect(column(page, "Discovery").getByRole("group", { name: "New scanners" })).toBeVisible();
  await expect.poll(() => stageOf(api, deal.id)).toBe(all.get("Discovery")?.id);
});

test("losing a deal asks for the reason", async ({ page, open, api }) => {
  const all = await stages(api);
  const deal = await api.create("deals", { name: "New scanners", stage: all.get("Negotiation")?.id });
  await open("/objects/deals?kind=board");
  await column(page, "Negotiation").getByRole("group", { name: "New scanners" }).focus();
  await page.keyboard.press("Shift+ArrowRight");
  const won = page.getByRole("dialog", { name: "Won!" });
  await expect(won).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  expect(await stageOf(api, deal.id)).toBe(all.get("Negotiation")?.id);
  await column(page, "Negotiation").getByRole("group", { name: "New scanners" }).hover();
  await page.getByRole("button", { name: "Menu of New scanners" }).click();
  await page.getByRole("menuitem", { name: "Move to" }).hover();
  await page.getByRole("menuitem", { name: "Lost" }).click();
  await page.getByRole("dialog", { name: "Lost" }).getByLabel("Reason").fill("Price");
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await api.get("deals", deal.id)).lost_reason).toBe("Price");
  expect(await stageOf(api, deal.id)).toBe(all.get("Lost")?.id);
});

test("any select makes a board", async ({ page, open, api }) => {
  await api.create("companies", { name: "Birch", kind: "prospect" });
  await api.create("companies", { name: "Cedar" });
  await open("/objects/companies?kind=board&group=kind");
  await expect(column(page, "Prospect").getByRole("group", { name: "Birch" })).toBeVisible();
  await expect(column(page, "No value").getByRole("group", { name: "Cedar" })).toBeVisible();
});
