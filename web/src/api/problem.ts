import type { components } from "./schema";

/** The stable codes of problem documents, and what can happen before the server answers. */
export type ProblemCode = components["schemas"]["Problem"]["code"] | "offline" | "unreadable";

export interface FieldError {
  /** The field's path, such as `emails[1]`. */
  field: string;
  code: string;
  /** What would be accepted. */
  message: string;
}

/** Why a request was refused. */
export class ApiProblem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  /** The server's sentence: what happened and what to do. */
  readonly detail: string;
  readonly errors: readonly FieldError[];
  readonly requestId: string | null;
  /** Seconds after which it may be tried again, where the server says so. */
  readonly retryAfter: number | null;
  /** Further members, which depend on the code. */
  readonly more: Readonly<Record<string, unknown>>;

  constructor(problem: { code: ProblemCode; status: number; detail: string; errors?: readonly FieldError[]; requestId?: string | null; retryAfter?: number | null; more?: Record<string, unknown> }) {
    super(problem.detail);
    this.name = "ApiProblem";
    this.code = problem.code;
    this.status = problem.status;
    this.detail = problem.detail;
    this.errors = problem.errors ?? [];
    this.requestId = problem.requestId ?? null;
    this.retryAfter = problem.retryAfter ?? null;
    this.more = problem.more ?? {};
  }

  /** What is wrong with a field; for `emails`, also what is wrong with `emails[1]`. */
  field(name: string): string | undefined {
    return this.errors.find((error) => error.field === name || error.field.startsWith(`${name}[`) || error.field.startsWith(`${name}.`))?.message;
  }
}

/** Whatever was thrown, as a problem with a sentence for people. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new ApiProblem({ code: "unreadable", status: 0, detail });
}

/** Reads the problem document of a refused request. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const requestId = response.headers.get("x-request-id");
  const seconds = Number(response.headers.get("retry-after") ?? "0");
  const bare = { status: response.status, requestId, retryAfter: seconds > 0 ? seconds : null };
  let body: unknown;
  try {
    body = await response.json();
  } catch {
    body = null;
  }
  if (typeof body !== "object" || body === null || !("code" in body) || typeof body.code !== "string") {
    return new ApiProblem({ ...bare, code: "unreadable", detail: `The server's answer can't be read (${response.status}).` });
  }
  const { code, detail, errors, ...more } = body as { code: ProblemCode; detail?: unknown; errors?: unknown } & Record<string, unknown>;
  return new ApiProblem({
    ...bare,
    code,
    detail: typeof detail === "string" ? detail : code,
    errors: Array.isArray(errors) ? errors.filter(isFieldError) : [],
    more,
  });
}

function isFieldError(error: unknown): error is FieldError {
  return typeof error === "object" && error !== null && "field" in error && "message" in error && typeof error.field === "string" && typeof error.message === "string";
}
