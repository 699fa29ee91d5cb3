import { PASSWORD } from "./support/server";
import { expect, expectAccessible, test } from "./support/test";

test("a wrong password is refused with the server's sentence, and the next one may be typed at once", async ({ page, workspace }) => {
  await page.goto("/signin");
  await page.getByLabel("E-mail address").fill(workspace.email);
  await page.getByLabel("Password", { exact: true }).fill("wrong");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("wrong");
  await expectAccessible(page);
  await expect(page.getByLabel("Password", { exact: true })).toBeFocused();
  await page.keyboard.type(workspace.password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("navigation", { name: "Main navigation" })).toBeVisible();
});

test("who is signed in already does not see the sign-in page, and may sign out", async ({ page, open }) => {
  await open("/signin");
  await expect(page.getByRole("navigation", { name: "Main navigation" })).toBeVisible();
  await page.getByRole("button", { name: /Workspace menu/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByLabel("E-mail address")).toBeVisible();
  await page.goto("/");
  await expect(page).toHaveURL(/\/signin/);
});

test("an address from elsewhere is no place to go on", async ({ page, workspace }) => {
  await page.goto("/signin?to=%2F%2Fexample.com%2F");
  await page.getByLabel("E-mail address").fill(workspace.email);
  await page.getByLabel("Password", { exact: true }).fill(workspace.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("navigation", { name: "Main navigation" })).toBeVisible();
});

test("an invited person chooses a password and signs in with it", async ({ page, api, server }) => {
  const user = await api.call<{ id: string; email: string }>("POST", "/users", { email: `grace${Date.now()}@example.org`, name: "Grace Hopper", role: "member" });
  const { url } = await api.call<{ url: string }>("POST", `/users/${user.id}/activation-link`, {});
  // As the server writes it, but at the address of this test.
  await page.goto(`${server.url}${url.slice(url.indexOf("/activate"))}`);
  await page.getByLabel("New password").fill("too short");
  await page.getByRole("button", { name: "Set password" }).click();
  await expect(page.getByLabel("New password")).toHaveAccessibleDescription(/at least 12 characters/);
  await expectAccessible(page);
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByRole("button", { name: "Show what you type" }).click();
  await expect(page.getByLabel("New password")).toHaveAttribute("type", "text");
  await page.getByRole("button", { name: "Set password" }).click();
  await expect(page.getByText("Your password is set")).toBeVisible();
  await page.getByLabel("E-mail address").fill(user.email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("navigation", { name: "Main navigation" })).toBeVisible();
});

test("where one password fits several workspaces, one chooses", async ({ page, server, workspace }) => {
  const second = await server.workspace({ name: "Second workspace", email: workspace.email });
  await page.goto("/signin");
  await page.getByLabel("E-mail address").fill(workspace.email);
  await page.getByLabel("Password", { exact: true }).fill(workspace.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Choose a workspace" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: second.name }).click();
  await expect(page.getByRole("button", { name: /Second workspace.*Workspace menu/ })).toBeVisible();
});

test("too many attempts say when the next one is welcome", async ({ page }) => {
  await page.route("**/api/v1/session", (route) =>
    route.request().method() === "POST"
      ? route.fulfill({ status: 429, headers: { "Retry-After": "30", "Content-Type": "application/problem+json" }, body: JSON.stringify({ type: "/problems/rate_limited", title: "Too many requests", status: 429, detail: "Too many attempts. Wait a little.", code: "rate_limited" }) })
      : route.continue(),
  );
  await page.goto("/signin");
  await page.getByLabel("E-mail address").fill("ada@example.org");
  await page.getByLabel("Password", { exact: true }).fill("anything");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("Too many attempts");
  await expect(page.getByRole("button", { name: /^Try again in \d+ s$/ })).toBeDisabled();
});
