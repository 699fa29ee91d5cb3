import { type Browser, expect, type Page } from "@playwright/test";
import type { Api } from "./api";
import { PASSWORD } from "./server";

export interface Person {
  id: string;
  email: string;
  password: string;
}

let invited = 0;

/** Another user of the workspace, who has set their password. */
export async function invite(api: Api, name: string, role: "administrator" | "member" | "read_only" = "member"): Promise<Person> {
  invited += 1;
  const email = `${name.toLowerCase().replace(/\W+/g, ".")}.${process.pid}.${invited}@example.org`;
  const { id, activation } = await api.call<{ id: string; activation: { url: string } }>("POST", "/users", { name, email, role });
  await api.call("POST", "/activate", { token: /token=([\w-]+)/.exec(activation.url)?.[1], password: PASSWORD });
  return { id, email, password: PASSWORD };
}

/** A browser of its own, in which somebody is signed in. Interrupted connections are no mistakes in it. */
export async function browserOf(browser: Browser, url: string, person: { email: string; password: string }, path: string, more: { reducedMotion?: "reduce" | "no-preference" } = {}): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, locale: "en-GB", timezoneId: "Europe/Berlin", viewport: { width: 1440, height: 900 }, reducedMotion: more.reducedMotion ?? "reduce" });
  const page = await context.newPage();
  page.on("pageerror", (error) => {
    throw error;
  });
  await page.goto("/signin");
  const status = await page.evaluate(async ({ email, password }) => {
    const answer = await fetch("/api/v1/session", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ email, password }) });
    return answer.status;
  }, person);
  expect(status).toBe(201);
  await page.goto(path);
  return page;
}
