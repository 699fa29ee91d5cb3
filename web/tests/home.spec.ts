import { expect, expectAccessible, test } from "./support/test";

test("an empty workspace is invited to import, create or look around", async ({ page, open }) => {
  await open("/");
  await expect(page.getByRole("heading", { name: "Fill your workspace" })).toBeVisible();
  await expect(page.getByRole("main").getByRole("link", { name: "Import a file" })).toHaveAttribute("href", "/import");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Create a company" }).click();
  await expect(page.getByRole("dialog", { name: "New company" })).toBeVisible();
});

test("home shows the pipeline, the next tasks, deals that stand still and recent records", async ({ page, open, api }) => {
  const { id: me } = await api.call<{ id: string }>("GET", "/users/me");
  const late = await api.create("deals", { name: "Late lifts", amount: "1200 EUR", expected_close: "2026-01-05", owner: me });
  const fine = await api.create("deals", { name: "Fine stairs", amount: "800 EUR", expected_close: "2099-01-05", owner: me });
  await api.create("tasks", { name: "Call about stairs", assignee: me, about: { object: "deal", id: fine.id } });
  await open("/");
  const pipeline = page.getByRole("region", { name: "Pipeline" });
  await expect(pipeline.getByText("2 deals")).toBeVisible();
  await expect(pipeline.getByText("€2K")).toBeVisible();
  const attention = page.getByRole("region", { name: "Deals that need attention" });
  await expect(attention.getByRole("listitem")).toHaveCount(1);
  await expect(attention).toContainText("Late lifts");
  await expect(attention).toContainText("No open task");
  await expect(page.getByRole("region", { name: "My tasks" })).toContainText("Call about stairs");
  await expectAccessible(page);
  await attention.getByRole("link", { name: "Late lifts" }).click();
  await expect(page).toHaveURL(new RegExp(late.id));
  await expect(page.getByRole("heading", { name: "Late lifts", level: 2 })).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("h");
  await expect(page.getByRole("region", { name: "Recent records" }).getByRole("link", { name: "Late lifts" })).toBeVisible();
  await page.getByRole("button", { name: "Changed by me" }).click();
  await expect(page.getByRole("region", { name: "Recent records" }).getByRole("link", { name: "Fine stairs" })).toBeVisible();
  await pipeline.getByText("2 deals").click();
  await expect(page).toHaveURL(/\/objects\/deals\?.*kind=board/);
});
