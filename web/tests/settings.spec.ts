import { PASSWORD } from "./support/server";
import { expect, expectAccessible, test } from "./support/test";

test("every section is accessible, also on a phone", async ({ page, open }) => {
  test.setTimeout(120_000);
  await open("/settings");
  for (const section of ["Profile", "API tokens", "General", "Users", "Objects and fields", "Pipelines", "Imports", "Sample data"]) {
    await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: section }).click();
    await expect(page.getByRole("main").getByRole("heading", { level: 2, name: section, exact: true })).toBeVisible();
    await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
    await expectAccessible(page);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  for (const section of ["profile", "users", "pipelines", "objects/deal"]) {
    await page.goto(`/settings/${section}`);
    await expect(page.getByRole("main").getByRole("heading", { level: 2 }).last()).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  }
});

test("one changes one's profile, theme and password", async ({ page, open, api, workspace }) => {
  await open("/settings/profile");
  await page.getByLabel("Name", { exact: true }).fill("Ada King");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("navigation", { name: "Main navigation" })).toContainText("Ada King");
  expect((await api.call<{ name: string }>("GET", "/users/me")).name).toBe("Ada King");
  await page.getByRole("button", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect.poll(async () => (await api.call<{ theme: string }>("GET", "/users/me")).theme).toBe("dark");
  await page.getByLabel("Current password").fill("not it at all");
  await page.getByLabel("New password").fill("another four words here");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  await page.getByLabel("Current password").fill(workspace.password);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Your password is changed")).toBeVisible();
  await expect(page.getByText("This browser")).toBeVisible();
});

test("the workspace is renamed, and its money written in another currency", async ({ page, open, api }) => {
  await open("/settings/workspace");
  await page.getByLabel("Name of the workspace").fill("Renamed Ltd");
  await page.getByLabel("Currency").fill("CHF");
  await page.getByRole("option", { name: /^CHF/ }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("navigation", { name: "Main navigation" })).toContainText("Renamed Ltd");
  expect((await api.call<{ currency: string }>("GET", "/workspace")).currency).toBe("CHF");
});

test("somebody is invited, gets a link that is shown once, another role, and is deactivated", async ({ page, open, api }) => {
  await open("/settings/users");
  await page.getByRole("button", { name: "Invite" }).click();
  const email = `grace${Date.now()}@example.org`;
  await page.getByRole("dialog").getByLabel("Name").fill("Grace Hopper");
  await page.getByRole("dialog").getByLabel("E-mail address").fill(email);
  await expectAccessible(page);
  await page.getByRole("dialog").getByRole("button", { name: "Invite" }).click();
  const link = page.getByRole("textbox", { name: "Activation link" });
  await expect(link).toHaveValue(/\/activate/);
  const token = /token=([\w-]+)/.exec(await link.inputValue())?.[1] ?? "";
  await api.call("POST", "/activate", { token, password: PASSWORD });
  await page.getByRole("button", { name: "Done" }).click();
  await page.reload();
  const grace = page.getByRole("listitem").filter({ hasText: "Grace Hopper" });
  await expect(grace).toContainText("Member");
  await grace.getByRole("button", { name: /^Actions/ }).click();
  await page.getByRole("menuitem", { name: "Deactivate" }).click();
  await expect(grace).toContainText("Inactive");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(grace).not.toContainText("Inactive");
});

test("a token is shown once, works, and is revoked", async ({ page, open, server }) => {
  await open("/settings/tokens");
  await page.getByRole("button", { name: "Create a token" }).click();
  await page.getByLabel("Name").fill("Nightly");
  await expectAccessible(page);
  await page.getByRole("dialog").getByRole("button", { name: "Create a token" }).click();
  const secret = await page.getByRole("textbox", { name: "Token" }).inputValue();
  const status = async () => (await fetch(`${server.url}/api/v1/companies`, { headers: { Authorization: `Bearer ${secret}` } })).status;
  expect(await status()).toBe(200);
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "Nightly" })).toContainText("Read records");
  await page.getByRole("button", { name: "Revoke Nightly" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("Nightly is revoked")).toBeVisible();
  expect(await status()).toBe(401);
});

test("a custom object gets a field with options, a rule and a formula", async ({ page, open, api }) => {
  test.setTimeout(90_000);
  await open("/settings/objects");
  await page.getByRole("button", { name: "New object" }).click();
  await page.getByLabel("Name of one").fill("Vehicle");
  await expect(page.getByLabel("Plural in the API")).toHaveValue("vehicles");
  await page.getByRole("button", { name: "Create" }).click();
  await expect(page.getByRole("heading", { name: "Vehicles" })).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Main navigation" })).toContainText("Vehicles");
  const choose = async (type: string) => {
    await page.getByRole("button", { name: "New field" }).click();
    await page.getByRole("combobox", { name: "Type" }).fill(type);
    await page.getByRole("option", { name: type, exact: true }).click();
  };
  await choose("One of a list");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Fuel");
  await page.getByRole("button", { name: "Add an option" }).click();
  await page.keyboard.type("Diesel");
  await page.keyboard.press("Enter");
  await page.keyboard.type("Electric");
  await page.getByRole("button", { name: "Move Electric up" }).click();
  await page.getByRole("checkbox", { name: "Required" }).click();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByRole("button", { name: "Fuel" })).toBeVisible();
  const made = await api.call<{ fields: { name: string; required: boolean; options?: { value: string }[] }[] }>("GET", "/objects/vehicle");
  const fuel = made.fields.find((field) => field.name === "fuel");
  expect(fuel?.required).toBe(true);
  expect(fuel?.options?.map(({ value }) => value)).toEqual(["electric", "diesel"]);
  await choose("Formula");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Shout");
  await page.getByRole("textbox", { name: "Formula" }).fill("name + nonsense");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.locator("mark")).toHaveText("nonsense");
  await page.getByRole("textbox", { name: "Formula" }).fill('name + "!"');
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByRole("button", { name: "Fuel" }).click();
  await page.getByRole("button", { name: "Retire", exact: true }).click();
  await expect(page.getByText("Fuel is retired")).toBeVisible();
  await expect(page.getByRole("button", { name: "Fuel" })).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("button", { name: "Fuel" })).toBeVisible();
});

test("stages are renamed and put in another order by the keyboard", async ({ page, open, api }) => {
  await open("/settings/pipelines");
  const handle = page.getByRole("button", { name: "Move Discovery" });
  await handle.focus();
  await page.keyboard.press("ArrowUp");
  const order = async () => (await api.list("stages", "?sort=position&fields=name")).map(({ name }) => name);
  await expect.poll(order).toEqual(["Discovery", "Qualification", "Proposal", "Negotiation", "Won", "Lost"]);
  await expect(handle).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect.poll(order).toEqual(["Qualification", "Discovery", "Proposal", "Negotiation", "Won", "Lost"]);
  const name = page.getByRole("textbox", { name: "Name of Proposal" });
  await name.fill("Offer");
  await page.keyboard.press("Enter");
  await expect.poll(order).toContain("Offer");
  await page.getByRole("textbox", { name: "Probability of Offer" }).fill("60");
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await api.list("stages", '?filter=name%20%3D%3D%20"Offer"'))[0]?.probability).toBe(60);
  await page.getByRole("button", { name: "Delete Offer" }).click();
  await expect.poll(order).not.toContain("Offer");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(order).toContain("Offer");
});

test("a stage is dragged to another place", async ({ page, open, api }) => {
  await open("/settings/pipelines");
  const grip = await page.getByRole("button", { name: "Move Negotiation" }).boundingBox();
  const target = await page.getByRole("textbox", { name: "Name of Qualification" }).boundingBox();
  if (grip === null || target === null) throw new Error("the stages are not in sight");
  await page.mouse.move(grip.x + 12, grip.y + 12);
  await page.mouse.down();
  await page.mouse.move(grip.x + 12, grip.y - 20, { steps: 4 });
  await page.mouse.move(target.x + 40, target.y + 8, { steps: 8 });
  await page.mouse.move(target.x + 40, target.y + 4, { steps: 3 });
  await page.mouse.up();
  const order = async () => (await api.list("stages", "?sort=position&fields=name")).map(({ name }) => name);
  await expect.poll(order).toEqual(["Negotiation", "Qualification", "Discovery", "Proposal", "Won", "Lost"]);
});

test("sample data is loaded and removed again", async ({ page, open, api }) => {
  test.setTimeout(120_000);
  await open("/settings/demo");
  await page.getByRole("button", { name: "Load sample data" }).click();
  await expect(page.getByText("Sample data is loaded.")).toBeVisible({ timeout: 60_000 });
  expect((await api.list("people")).length).toBeGreaterThan(0);
  await page.getByRole("button", { name: "Remove sample data" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove sample data" }).click();
  await expect(page.getByText(/invented records are removed/)).toBeVisible({ timeout: 60_000 });
  expect(await api.list("people")).toHaveLength(0);
});

test("who isn't an administrator sees why they can't change the workspace", async ({ page, api, server }) => {
  const email = `reader${Date.now()}@example.org`;
  const user = await api.call<{ id: string }>("POST", "/users", { email, name: "Rea Der", role: "read_only" });
  const { url } = await api.call<{ url: string }>("POST", `/users/${user.id}/activation-link`, {});
  await api.call("POST", "/activate", { token: /token=([\w-]+)/.exec(url)?.[1], password: PASSWORD });
  await page.goto(`${server.url}/signin?to=%2Fsettings%2Fpipelines`);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("navigation", { name: "Main navigation" })).toBeVisible();
  for (const section of ["pipelines", "users", "workspace", "objects", "demo"]) {
    await page.goto(`/settings/${section}`);
    await expect(page.getByText("Only administrators of the workspace can change this.")).toBeVisible();
    await expect(page.getByRole("button", { name: /^(New|Invite|Save|Load)/ })).toHaveCount(0);
  }
  await page.goto("/import");
  await expect(page.getByText("You may look, but not import")).toBeVisible();
});
