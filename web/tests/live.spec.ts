import type { Page } from "@playwright/test";
import { Api } from "./support/api";
import { browserOf, invite } from "./support/people";
import { startServer } from "./support/server";
import { expect, expectAccessible, test } from "./support/test";

const row = (page: Page, name: string) => page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });
const facts = (page: Page) => page.getByRole("region", { name: "Facts" });

/** Waits until a page is told what happens. */
const live = (page: Page) => expect(page.locator("[data-live]")).toHaveAttribute("data-live", "live");

/** Counts the answers that a page waits for: what it reads when its stream begins may have new rows already. */
function answersOf(page: Page): () => Promise<void> {
  let waiting = 0;
  const counts = (url: string) => url.includes("/api/v1/") && !url.includes("/events/stream");
  page.on("request", (request) => {
    if (counts(request.url())) waiting += 1;
  });
  for (const end of ["requestfinished", "requestfailed"] as const) {
    page.on(end as "requestfinished", (request) => {
      if (counts(request.url())) waiting -= 1;
    });
  }
  return () => expect.poll(() => waiting).toBe(0);
}

test("what somebody changes shows in the other's browser: on the page, in the list and on the board", async ({ page, open, api, browser, server, workspace }) => {
  const deal = await api.create("deals", { name: "New lifts", amount: "1200 EUR" });
  await open(`/objects/deals/${deal.id}`);
  await live(page);
  const list = await browserOf(browser, server.url, workspace, "/objects/deals?columns=name~p,amount", { reducedMotion: "no-preference" });
  await live(list);
  await expect(row(list, "New lifts")).toContainText("1,200");
  await page.getByRole("button", { name: "Edit Amount" }).click();
  await page.getByRole("textbox", { name: "Amount" }).fill("3400 EUR");
  await page.keyboard.press("Enter");
  await expect(row(list, "New lifts")).toContainText("3,400");
  await api.call("PATCH", `/deals/${deal.id}`, { name: "New stairs" });
  await expect(page.getByRole("heading", { name: "New stairs", level: 2 })).toBeVisible();
  await expect(row(list, "New stairs")).toBeVisible();
  await expect(page.getByText(/changed name from New lifts to New stairs/)).toBeVisible();
  await list.context().close();
});

test("others' changes are pointed out, one's own aren't", async ({ open, page, api, browser, server, workspace }) => {
  const company = await api.create("companies", { name: "Initech", industry: "Software" });
  await open(`/objects/companies/${company.id}`);
  await live(page);
  const other = await browserOf(browser, server.url, workspace, `/objects/companies/${company.id}`, { reducedMotion: "no-preference" });
  await live(other);
  // Every highlight that begins is counted.
  await other.evaluate(() => {
    const original = Element.prototype.animate;
    const flashes: string[] = [];
    Object.assign(window, { flashes });
    Element.prototype.animate = function animate(...args) {
      if (this instanceof HTMLElement) flashes.push(this.dataset.field ?? "whole");
      return original.apply(this, args);
    };
  });
  const flashes = () => other.evaluate(() => (window as unknown as { flashes: string[] }).flashes);
  await api.call("PATCH", `/companies/${company.id}`, { industry: "Paper" });
  await expect.poll(flashes).toEqual(["industry"]);
  await other.getByRole("button", { name: "Edit Industry" }).click();
  await other.getByRole("textbox", { name: "Industry" }).fill("Staplers");
  await other.keyboard.press("Enter");
  await expect(facts(page)).toContainText("Staplers");
  await api.call("PATCH", `/companies/${company.id}`, { employees: 12 });
  await expect.poll(flashes).toEqual(["industry", "employees"]);
  await other.context().close();
});

test("new rows announce themselves instead of moving what one reads", async ({ page, open, api }) => {
  await api.create("companies", { name: "Alder", industry: "Energy" });
  const answered = answersOf(page);
  await open('/objects/companies?sort=name&filter=industry%20%3D%3D%20"Energy"');
  await live(page);
  await expect(row(page, "Alder")).toBeVisible();
  await answered();
  await api.createMany("companies", [{ name: "Aachen", industry: "Energy" }, { name: "Beech", industry: "Energy" }, { name: "Cedar", industry: "Paper" }]);
  const pill = page.getByRole("button", { name: /^2 new/ });
  await expect(pill).toBeVisible();
  await expect(page.getByRole("row", { name: "Aachen" })).toHaveCount(0);
  await expectAccessible(page);
  await pill.click();
  await expect(row(page, "Aachen")).toBeVisible();
  await expect(row(page, "Beech")).toBeVisible();
  await expect(row(page, "Cedar")).toHaveCount(0);
  await expect(pill).toHaveCount(0);
  const [alder] = await api.list("companies", "?filter=name%20%3D%3D%20%22Alder%22");
  await api.call("DELETE", `/companies/${alder?.id}`);
  await expect(page.getByRole("button", { name: /^1 changed/ })).toBeVisible();
  await page.getByRole("button", { name: /^1 changed/ }).click();
  await expect(row(page, "Alder")).toHaveCount(0);
});

test("a flood of changes is announced as one, and an empty list fills by itself", async ({ page, open, api }) => {
  const answered = answersOf(page);
  await open("/objects/companies");
  await live(page);
  await expect(page.getByRole("heading", { name: "No companies yet" })).toBeVisible();
  await api.create("companies", { name: "Alder" });
  await expect(row(page, "Alder")).toBeVisible();
  await answered();
  await api.createMany("companies", Array.from({ length: 200 }, (_, n) => ({ name: `Firm ${n}` })));
  const pill = page.getByRole("button", { name: /^Many changes/ });
  await expect(pill).toBeVisible();
  await expect(row(page, "Firm 199")).toHaveCount(0);
  await pill.click();
  await expect(row(page, "Firm 199")).toBeVisible();
  await expect(pill).toHaveCount(0);
});

test("cards of a board move as others move them, and the totals with them", async ({ page, open, api }) => {
  const stages = await api.list("stages", "?sort=position");
  const [first, second] = stages;
  const deal = await api.create("deals", { name: "New lifts", amount: "1200 EUR", stage: first?.id });
  await open("/objects/deals?kind=board");
  await live(page);
  const column = (stage: unknown) => page.getByRole("region", { name: new RegExp(`^${String((stage as { name: string }).name)}`) });
  await expect(column(first)).toContainText("New lifts");
  await api.call("PATCH", `/deals/${deal.id}`, { stage: second?.id });
  await expect(column(second)).toContainText("New lifts");
  await expect(column(second)).toContainText("€1,200");
  await expect(column(first)).not.toContainText("New lifts");
});

test("several tabs share one stream, which goes on in another when its tab is closed", async ({ page, open, api, context }) => {
  const streams: string[] = [];
  context.on("request", (request) => request.url().includes("/events/stream") && streams.push(request.url()));
  const company = await api.create("companies", { name: "Initech", industry: "Software" });
  await open(`/objects/companies/${company.id}`);
  await live(page);
  const second = await context.newPage();
  await second.goto(`/objects/companies/${company.id}`);
  await live(second);
  expect(streams).toHaveLength(1);
  await api.call("PATCH", `/companies/${company.id}`, { industry: "Paper" });
  await expect(facts(second)).toContainText("Paper");
  await page.close();
  await expect.poll(() => streams.length).toBe(2);
  await api.call("PATCH", `/companies/${company.id}`, { industry: "Staplers" });
  await expect(facts(second)).toContainText("Staplers");
});

test("who looks at the same record is shown, and what they do", async ({ page, open, api, browser, server }) => {
  const company = await api.create("companies", { name: "Initech" });
  const grace = await invite(api, "Grace Hopper");
  await open(`/objects/companies/${company.id}`);
  await live(page);
  const other = await browserOf(browser, server.url, grace, `/objects/companies/${company.id}`);
  const here = page.getByRole("list", { name: "Also here" });
  await expect(here).toContainText("Grace Hopper is looking at this");
  await expect(other.getByRole("list", { name: "Also here" })).toContainText("Ada Lovelace is looking at this");
  await expectAccessible(page);
  await other.getByRole("button", { name: "Edit Industry" }).click();
  await expect(here).toContainText("Grace Hopper is editing this");
  await other.keyboard.press("Escape");
  await expect(here).toContainText("Grace Hopper is looking at this");
  await other.goto("/");
  await expect(here).toHaveCount(0);
  await other.context().close();
});

test("nothing is lost while the server restarts", async ({ browser }) => {
  test.setTimeout(120_000);
  const server = await startServer();
  const workspace = await server.workspace();
  const api = new Api(server, workspace);
  const company = await api.create("companies", { name: "Initech", industry: "Software" });
  const page = await browserOf(browser, server.url, workspace, `/objects/companies/${company.id}`);
  await live(page);
  await api.call("PATCH", `/companies/${company.id}`, { industry: "Paper" });
  await expect(facts(page)).toContainText("Paper");
  await server.restart(() => expect(page.locator("[data-live]")).toHaveAttribute("data-live", "lost"));
  // Before the browser is back, or after it: it is told either way.
  await api.call("PATCH", `/companies/${company.id}`, { industry: "Staplers" });
  await expect(facts(page)).toContainText("Staplers", { timeout: 30_000 });
  await live(page);
  await page.context().close();
  await server.stop();
});
