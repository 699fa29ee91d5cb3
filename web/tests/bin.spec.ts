import { expect, expectAccessible, test } from "./support/test";

test("deleted records are found, restored, and deleted again by undo", async ({ page, open, api }) => {
  const names = ["Alpha Ltd", "Beta \"quoted\" GmbH", "مثال"];
  for (const name of names) {
    const { id } = await api.create("companies", { name });
    await api.call("DELETE", `/companies/${id}`);
  }
  await open("/bin?object=companies");
  await expect(page.getByRole("listitem").filter({ hasText: "Alpha Ltd" })).toContainText("Ada Lovelace");
  await expectAccessible(page);
  await page.getByRole("searchbox").fill('beta "');
  await expect(page.getByText("Alpha Ltd")).toBeHidden();
  await page.getByRole("button", { name: /^Restore Beta/ }).click();
  await expect(page.getByText('Beta "quoted" GmbH is restored')).toBeVisible();
  expect(await api.list("companies")).toHaveLength(1);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(async () => (await api.list("companies")).length).toBe(0);
  await page.getByRole("searchbox").fill("");
  await page.getByRole("checkbox", { name: "Select all in sight" }).click();
  await page.getByRole("button", { name: "Restore", exact: true }).click();
  await expect(page.getByText("No deleted companies")).toBeVisible();
  expect(await api.list("companies")).toHaveLength(3);
});

test("a record whose unique value somebody else took is refused in words", async ({ page, open, api }) => {
  const first = await api.create("companies", { name: "First", domain: "one.example" });
  await api.call("DELETE", `/companies/${first.id}`);
  await api.create("companies", { name: "Second", domain: "one.example" });
  await open("/bin?object=companies");
  await page.getByRole("button", { name: "Restore First" }).click();
  await expect(page.getByText("The record could not be restored").first()).toBeVisible();
});
