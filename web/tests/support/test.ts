import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test as base, expect, type Page } from "@playwright/test";
import { Api } from "./api";
import { startPreview } from "./preview";
import { type Server, startServer, type Workspace } from "./server";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface TestFixtures {
  /** A workspace of this test's own. */
  workspace: Workspace;
  api: Api;
  /** Signs in and opens a page. */
  open: (path: string) => Promise<void>;
}

interface WorkerFixtures {
  server: Server;
}

/**
 * A test with a real server and a workspace of its own. A console error, an uncaught exception or a
 * violation of the content security policy fails it.
 */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  server: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the dependencies from the pattern
    async ({}, use) => {
      const server = await startServer();
      const preview = process.env.KITH_PREVIEW === undefined ? null : await startPreview(server.url);
      await use(preview === null ? server : { ...server, url: preview.url });
      await preview?.stop();
      await server.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  workspace: async ({ server }, use) => use(await server.workspace()),
  api: async ({ server, workspace }, use) => use(new Api(server, workspace)),
  page: async ({ page }, use) => {
    const mistakes: string[] = [];
    page.on("console", (message) => {
      if (message.type() !== "error") return;
      // Refusals are part of what is tested; the server's own failures are not.
      if (/Failed to load resource.*status of 4\d\d/.test(message.text())) return;
      mistakes.push(message.text());
    });
    page.on("pageerror", (error) => mistakes.push(error.message));
    await use(page);
    expect(mistakes, "errors in the browser's console").toEqual([]);
  },
  open: async ({ page, workspace }, use) => {
    let signedIn = false;
    await use(async (path) => {
      if (!signedIn) {
        await page.goto("/signin");
        const status = await page.evaluate(async ({ email, password }) => {
          const answer = await fetch("/api/v1/session", {
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ email, password }),
          });
          return answer.status;
        }, workspace);
        expect(status).toBe(201);
        signedIn = true;
      }
      await page.goto(path);
    });
  },
});

/** Fails where axe finds a violation of WCAG A or AA, in the light and in the dark theme. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const theme of ["light", "dark"]) {
    await page.evaluate((name) => {
      document.documentElement.dataset.theme = name;
      // Colours move to their new values by transitions, however short.
      const frame = () => new Promise<void>((done) => requestAnimationFrame(() => done()));
      return frame().then(() => Promise.allSettled(document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished))).then(frame);
    }, theme);
    await page.evaluate(axeSource);
    const found = await page.evaluate(async () => {
      const { axe } = window as unknown as { axe: { run: (context: Document, options: unknown) => Promise<{ violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[] }> } };
      const { violations } = await axe.run(document, { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } });
      return violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.slice(0, 3).map((node) => `  ${node.html.slice(0, 300)}\n  ${node.failureSummary ?? ""}`).join("\n")}`);
    });
    expect(found, `accessibility, ${theme} theme`).toEqual([]);
  }
  await page.evaluate(() => {
    document.documentElement.dataset.theme = "light";
  });
}

export { expect } from "@playwright/test";
