import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const PASSWORD = "four words make one";

/** A real server with data of its own. */
export interface Server {
  url: string;
  /** Makes a workspace with its administrator. */
  workspace(options?: WorkspaceOptions): Promise<Workspace>;
  /** What the server has written for people, such as the set-up link. */
  log(): string;
  /** Stops it, does something, and starts it again at the same address. */
  restart(meanwhile?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export interface WorkspaceOptions {
  name?: string;
  currency?: string;
  timeZone?: string;
  region?: string;
  /** Otherwise an address of the workspace's own. */
  email?: string;
}

export interface Workspace {
  name: string;
  email: string;
  password: string;
  /** An API token with all rights. */
  token: string;
}

const binary = process.env.KITH_BIN ?? "../target/debug/kith";

function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("KITH_") || name === "KITH_POSTGRES_BIN");
  return Object.fromEntries(own);
}

export async function startServer(): Promise<Server> {
  // For root, PostgreSQL runs as a system user, who has to reach the folder.
  const data = await mkdtemp(join(process.env.KITH_TEST_DATA ?? tmpdir(), "kith-web-"));
  await chmod(data, 0o755);
  let log = "";
  const start = (listen: string): ChildProcess => {
    const child = spawn(
      binary,
      ["serve", "--data", data, "--listen", listen, "--admin-listen", "off", "--limits-burst", "0", "--limits-per-second", "0", "--log-level", "warn"],
      { stdio: ["ignore", "pipe", "pipe"], env: environment() },
    );
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        log += chunk.toString();
      });
    }
    return child;
  };
  let child = start("127.0.0.1:0");
  const address = await waitForAddress(data, child, () => log);
  const end = async () => {
    child.kill("SIGTERM");
    if (child.exitCode === null) await new Promise((resolve) => child.once("exit", resolve));
  };
  let made = 0;
  return {
    url: `http://${address}`,
    async workspace({ name, currency = "EUR", timeZone = "Europe/Berlin", region = "DE", email: wanted } = {}) {
      made += 1;
      const email = wanted ?? `ada${made}@example.org`;
      const title = name ?? `Acme ${made}`;
      const token = await run(
        ["init", "--data", data, "--workspace", title, "--email", email, "--name", "Ada Lovelace", "--currency", currency, "--time-zone", timeZone, "--region", region, "--locale", "en-GB", "--password-stdin", "--print-token"],
        `${PASSWORD}\n`,
      );
      return { name: title, email, password: PASSWORD, token };
    },
    log: () => log,
    async restart(meanwhile) {
      await end();
      await rm(join(data, "run", "http.addr"), { force: true });
      await meanwhile?.();
      child = start(address);
      await waitForAddress(data, child, () => log);
    },
    async stop() {
      await end();
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function waitForAddress(data: string, child: ChildProcess, log: () => string): Promise<string> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const address = await readFile(join(data, "run", "http.addr"), "utf8").catch(() => "");
    if (address.trim() !== "") return address.trim();
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the server does not start:\n${log()}`);
}

/** Runs the binary's command line, and gives what it printed. */
export function run(args: string[], input = "", more: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...environment(), ...more } });
    let out = "";
    let errors = "";
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.on("error", reject);
    child.on("exit", (code) => (code === 0 ? resolve(out.trim()) : reject(new Error(`kith ${args[0]} failed: ${errors}`))));
    child.stdin.end(input);
  });
}
