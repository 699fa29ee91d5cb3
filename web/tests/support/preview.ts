import { spawn } from "node:child_process";

/**
 * Serves web/dist beside a server that has an older one in it: with KITH_PREVIEW set, tests of the
 * application need no new build of the server.
 */
export async function startPreview(server: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const port = 20_000 + (process.pid % 20_000);
  const child = spawn("node", ["node_modules/vite/bin/vite.js", "preview", "--port", String(port), "--strictPort"], {
    env: { ...process.env, KITH_URL: server },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => chunk.toString().includes("Local") && resolve());
    child.on("exit", () => reject(new Error("the preview does not start")));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.kill("SIGTERM");
      if (child.exitCode === null) await new Promise((resolve) => child.once("exit", resolve));
    },
  };
}
