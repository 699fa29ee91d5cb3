import { expect, expectAccessible, test } from "./support/test";

test("C creates a record of what one looks at, by the keyboard alone, and opens it", async ({ page, open, api }) => {
  await open("/objects/companies");
  await expect(page.getByRole("main").getByRole("heading", { level: 1 })).toBeVisible();
  await page.keyboard.press("c");
  const dialog = page.getByRole("dialog", { name: "New company" });
  await expect(dialog.getByRole("textbox", { name: "Name" })).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.type("Wolkenkratzer");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("heading", { name: "Wolkenkratzer", level: 2, exact: true })).toBeVisible();
  expect(await api.list("companies", "?fields=name")).toMatchObject([{ name: "Wolkenkratzer" }]);
});

test("what the server refuses stands at the field", async ({ page, open }) => {
  await open("/objects/companies");
  await page.getByRole("main").getByRole("heading", { level: 1 }).waitFor();
  await page.keyboard.press("c");
  const dialog = page.getByRole("dialog", { name: "New company" });
  await dialog.getByRole("combobox", { name: "E-mails" }).fill("not an address");
  await page.keyboard.press("Tab");
  await dialog.getByRole("button", { name: "Create company" }).click();
  await expect(dialog.getByRole("combobox", { name: "E-mails" })).toBeFocused();
  await expect(dialog.getByRole("alert")).toContainText("must be an e-mail address");
  await expectAccessible(page);
  await dialog.getByRole("textbox", { name: "Name" }).focus();
  await page.keyboard.press("Escape");
  await page.getByRole("alertdialog").getByRole("button", { name: "Discard" }).click();
  await expect(dialog).toBeHidden();
});

test("a likely duplicate is shown while one types", async ({ page, open, api }) => {
  const known = await api.create("people", { first_name: "Zoë", last_name: "Müller", emails: ["zoe@example.org"] });
  await open("/objects/people");
  await page.getByRole("main").getByRole("heading", { level: 1 }).waitFor();
  await page.keyboard.press("c");
  const dialog = page.getByRole("dialog", { name: "New person" });
  await dialog.getByRole("textbox", { name: "First name" }).fill("Zoe");
  await dialog.getByRole("textbox", { name: "Last name" }).fill("Muller");
  await expect(dialog.getByText("Is it one of these?")).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole("link", { name: "Zoë Müller" }).click();
  await expect(page).toHaveURL(new RegExp(`/objects/people/${known.id}`));
});

test("a related record is created from the page of the other, its company with it", async ({ page, open, api }) => {
  const company = await api.create("companies", { name: "Initech" });
  await open(`/objects/companies/${company.id}`);
  await page.getByRole("button", { name: "Create deal" }).click();
  const dialog = page.getByRole("dialog", { name: "New deal" });
  await expect(dialog.getByRole("combobox", { name: "Company" })).toHaveValue("Initech");
  await dialog.getByRole("textbox", { name: "Name" }).fill("Staplers for all");
  await dialog.getByRole("button", { name: "Create deal" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("region", { name: "Deals" }).getByRole("link", { name: "Staplers for all" })).toBeVisible();
  expect(await api.list("deals", "?fields=name,company(name)")).toMatchObject([{ name: "Staplers for all", company: { name: "Initech" } }]);
});

test("a company that isn't there yet is created where it is looked for", async ({ page, open, api }) => {
  const person = await api.create("people", { first_name: "Peter", last_name: "Gibbons" });
  await open(`/objects/people/${person.id}`);
  await page.getByRole("button", { name: "Edit Company" }).click();
  await page.getByRole("combobox", { name: "Company" }).fill("Penetrode");
  await page.getByRole("option", { name: "Create company “Penetrode”" }).click();
  await expect(page.getByRole("region", { name: "Facts" }).getByRole("link", { name: "Penetrode" })).toBeVisible();
  await expect.poll(async () => (await api.list("people", "?fields=company(name)"))[0]).toMatchObject({ company: { name: "Penetrode" } });
});
