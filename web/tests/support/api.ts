import type { Server, Workspace } from "./server";

export interface Record_ {
  id: string;
  version: number;
  [field: string]: unknown;
}

/** Calls the API with the workspace's token: to prepare a test, and to see what really happened. */
export class Api {
  constructor(
    private readonly server: Server,
    private readonly workspace: Workspace,
  ) {}

  async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.server.url}/api/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.workspace.token}`, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    // The test knows what it asked for.
    return (text === "" ? undefined : JSON.parse(text)) as Answer;
  }

  create(plural: string, data: Record<string, unknown>): Promise<Record_> {
    return this.call("POST", `/${plural}`, data);
  }

  get(plural: string, id: string): Promise<Record_> {
    return this.call("GET", `/${plural}/${id}`);
  }

  async list(plural: string, query = ""): Promise<Record_[]> {
    const { data } = await this.call<{ data: Record_[] }>("GET", `/${plural}${query}`);
    return data;
  }

  /** Many records, 200 at a time. */
  async createMany(plural: string, records: Record<string, unknown>[]): Promise<Record_[]> {
    const made: Record_[] = [];
    for (let start = 0; start < records.length; start += 200) {
      const operations = records.slice(start, start + 200).map((data) => ({ op: "create", object: plural, data }));
      const { results } = await this.call<{ results: { record: Record_ }[] }>("POST", "/batch", { operations });
      made.push(...results.map(({ record }) => record));
    }
    return made;
  }
}
