import { Api } from "./support/api";
import { browserOf, invite } from "./support/people";
import { expect, expectAccessible, test } from "./support/test";

test("one is told of mentions and of what one is handed, reads it, and takes that back", async ({ page, open, api, browser, server, workspace }) => {
  const grace = await invite(api, "Grace Hopper");
  const { id: ada } = await api.call<{ id: string }>("GET", "/users/me");
  await open("/inbox");
  await expect(page.getByText("Nothing here")).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("g");
  await page.keyboard.press("h");
  await expect(page.locator("[data-live]")).toHaveAttribute("data-live", "live");

  const other = await browserOf(browser, server.url, grace, "/");
  const tell = (method: string, path: string, body: unknown) =>
    other.evaluate(
      async ([method, path, body]) => {
        const { csrf_token: token } = await (await fetch("/api/v1/session")).json();
        const answer = await fetch(`/api/v1${path}`, { method: method as string, headers: { "Content-Type": "application/json", "X-CSRF-Token": token }, body: JSON.stringify(body) });
        return (await answer.json()) as { id: string };
      },
      [method, path, body],
    );
  const company = await tell("POST", "/companies", { name: "Initech" });
  await tell("POST", "/notes", { body: `[@Ada Lovelace](user:${ada}) please call them back`, about: { object: "company", id: company.id } });
  const toast = page.getByRole("dialog").or(page.getByRole("alertdialog")).filter({ hasText: "mentioned you" });
  await expect(toast.first()).toContainText("please call them back");
  await expect(page).toHaveTitle(/^\(1\) /);
  await expect(page.getByRole("navigation", { name: "Main navigation" })).toContainText("1 unread");
  await tell("POST", "/tasks", { name: "Call Initech", assignee: ada });
  await expect(page).toHaveTitle(/^\(2\) /);

  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await expect(page).toHaveURL(/\/inbox$/);
  const mention = page.getByRole("link", { name: /Grace Hopper mentioned you/ });
  await expect(mention).toContainText("@Ada Lovelace please call them back");
  await expect(page.getByRole("link", { name: /Grace Hopper made Call Initech yours/ })).toBeVisible();
  await expect(page.getByRole("region", { name: "Today" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Mark all as read" }).click();
  await expect(page).not.toHaveTitle(/^\(/);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page).toHaveTitle(/^\(2\) /);
  await mention.click();
  await expect(page).toHaveURL(new RegExp(`/objects/companies/${company.id}`));
  await expect(page).toHaveTitle(/^\(1\) /);
  const { unread } = await new Api(server, workspace).call<{ unread: number }>("GET", "/notifications/unread");
  expect(unread).toBe(1);
  await page.goto("/inbox?show=unread");
  await expect(page.getByRole("link", { name: /made Call Initech yours/ })).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("u");
  await expect(page.getByText("All read")).toBeVisible();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/inbox");
  await expect(page.getByRole("link", { name: /mentioned you/ })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await expectAccessible(page);
  await other.context().close();
});
