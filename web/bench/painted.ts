import type { Page } from "@playwright/test";

interface Watched {
  kithKeys: number[];
  kithSince: number;
  kithSeen: number | null;
}

/** Measures every key from when it was pressed until the frame that shows its effect is painted. */
export async function watchKeys(page: Page): Promise<void> {
  await page.evaluate(() => {
    const watched = window as unknown as Watched;
    watched.kithKeys = [];
    const painted = new MessageChannel();
    let pressed: number[] = [];
    painted.port1.addEventListener("message", () => {
      const now = performance.now();
      watched.kithKeys.push(...pressed.map((at) => now - at));
      pressed = [];
    });
    painted.port1.start();
    addEventListener(
      "keydown",
      (event) => {
        pressed.push(event.timeStamp);
        // A message that is sent from a frame is read once the frame is painted.
        if (pressed.length === 1) requestAnimationFrame(() => painted.port2.postMessage(null));
      },
      true,
    );
  });
}

/** The milliseconds of the keys so far, of which it forgets. */
export function takeKeys(page: Page): Promise<number[]> {
  return page.evaluate(() => (window as unknown as Watched).kithKeys.splice(0));
}

/**
 * Waits for something to be there after the next click or key, and gives the milliseconds from that to
 * the frame that shows it. `wanted` is read in the page.
 */
export async function untilShown(page: Page, wanted: { selector: string; text?: string }, act: () => Promise<void>): Promise<number> {
  await page.evaluate(({ selector, text }) => {
    const watched = window as unknown as Watched;
    watched.kithSeen = null;
    watched.kithSince = Number.NaN;
    const start = (event: Event) => {
      if (Number.isNaN(watched.kithSince)) watched.kithSince = event.timeStamp;
    };
    for (const name of ["pointerdown", "keydown"]) addEventListener(name, start, { capture: true, once: true });
    const look = () => {
      const found = [...document.querySelectorAll(selector)].some((element) => text === undefined || element.textContent?.includes(text) === true);
      if (found && !Number.isNaN(watched.kithSince)) {
        const { port1, port2 } = new MessageChannel();
        port1.addEventListener("message", () => {
          watched.kithSeen = performance.now() - watched.kithSince;
        });
        port1.start();
        port2.postMessage(null);
      } else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, wanted);
  await act();
  await page.waitForFunction(() => (window as unknown as Watched).kithSeen !== null);
  return page.evaluate(() => (window as unknown as Watched).kithSeen ?? Number.NaN);
}
