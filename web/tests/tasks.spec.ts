import { expect, expectAccessible, test } from "./support/test";

/** A moment some days from now. */
function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString();
}

test("my open tasks stand by when they are due, and one is ticked off and taken back", async ({ page, open, api }) => {
  const { id: me } = await api.call<{ id: string }>("GET", "/users/me");
  const company = await api.create("companies", { name: "Initech" });
  const late = await api.create("tasks", { name: "Call Bill", assignee: me, due_at: inDays(-3), about: { object: "company", id: company.id } });
  await api.create("tasks", { name: "Plan the year", assignee: me, due_at: inDays(60) });
  await api.create("tasks", { name: "Some day", assignee: me });
  await api.create("tasks", { name: "Nobody's task" });
  await open("/tasks");
  await expect(page.getByRole("region", { name: "Overdue" })).toContainText("Call Bill");
  await expect(page.getByRole("region", { name: "Overdue" }).getByRole("link", { name: "Initech" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Later" })).toContainText("Plan the year");
  await expect(page.getByRole("region", { name: "No date" })).toContainText("Some day");
  await expect(page.getByText("Nobody's task")).toHaveCount(0);
  await expectAccessible(page);
  await page.keyboard.press("j");
  await expect(page.getByRole("checkbox", { name: "Mark “Call Bill” as done" })).toBeFocused();
  await page.keyboard.press("Space");
  await expect(page.getByRole("region", { name: "Overdue" })).toHaveCount(0);
  expect((await api.get("tasks", late.id)).done).toBe(true);
  await page.keyboard.press("Control+z");
  await expect(page.getByRole("region", { name: "Overdue" })).toContainText("Call Bill");
});

test("a task is added with Enter, due on the day that was typed", async ({ page, open, api }) => {
  await open("/tasks");
  await expect(page.getByRole("heading", { name: "Nothing to do" })).toBeVisible();
  await page.getByRole("textbox", { name: "Task" }).fill("Send the offer");
  await page.getByRole("textbox", { name: "Due" }).fill("tomorrow");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: "Send the offer" })).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Task" })).toBeFocused();
  const [task] = await api.list("tasks", "?fields=name,due_at,assignee(name)");
  expect(task).toMatchObject({ name: "Send the offer", assignee: { name: "Ada Lovelace" } });
  expect(typeof task?.due_at).toBe("string");
});

test("everybody's tasks, and those that are done, have addresses of their own", async ({ page, open, api }) => {
  await api.create("tasks", { name: "Nobody's task" });
  await api.create("tasks", { name: "Finished", done: true });
  await open("/tasks?assignee=all");
  await expect(page.getByRole("link", { name: "Nobody's task" })).toBeVisible();
  await page.getByRole("button", { name: "Done", exact: true }).click();
  await expect(page).toHaveURL(/show=done/);
  await expect(page.getByRole("link", { name: "Finished" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Nobody's task" })).toHaveCount(0);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("long tasks stay within the screen", async ({ page, open, api }) => {
    const { id: me } = await api.call<{ id: string }>("GET", "/users/me");
    const company = await api.create("companies", { name: `شركة ${"النور ".repeat(20)}` });
    await api.create("tasks", { name: `Send ${"very ".repeat(40)}much`, assignee: me, due_at: inDays(1), priority: "high", about: { object: "company", id: company.id } });
    await open("/tasks");
    await expect(page.getByRole("link", { name: /very very/ })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await expectAccessible(page);
  });
});
