import { ApiProblem, problemOf } from "./problem";
import { noteWrite } from "./writes";

/** How often a refusal that says when to try again is tried again. */
const ATTEMPTS = 3;
/** The longest wait that a person is left with before they see the refusal. */
const LONGEST_WAIT = 5_000;

let csrfToken: string | null = null;
let onSignedOut: () => void = () => {};

/** What requests that change something carry. Comes with the session. */
export function setCsrfToken(token: string | null): void {
  csrfToken = token;
}

export function csrfHeader(): string | null {
  return csrfToken;
}

/** What happens when the session has ended. */
export function setSignedOutHandler(handler: () => void): void {
  onSignedOut = handler;
}

/** Says that the session has ended, as a refusal would. */
export function signedOut(): void {
  onSignedOut();
}

/**
 * The one place that talks to the server: adds what sessions and retries need, repeats what was
 * refused for now, and sends people to the sign-in page when their session has ended.
 */
export async function send(request: Request): Promise<Response> {
  const safe = request.method === "GET" || request.method === "HEAD";
  const written = safe ? null : noteWrite(new URL(request.url).pathname);
  try {
    return await repeated(request, safe);
  } finally {
    written?.();
  }
}

async function repeated(request: Request, safe: boolean): Promise<Response> {
  if (!safe && csrfToken !== null) request.headers.set("X-CSRF-Token", csrfToken);
  // A POST that is repeated after a lost answer must not have its effect twice.
  if (request.method === "POST" && !request.headers.has("Idempotency-Key") && !NO_KEY.test(new URL(request.url).pathname)) {
    request.headers.set("Idempotency-Key", crypto.randomUUID());
  }
  for (let attempt = 1; ; attempt += 1) {
    let response: Response;
    try {
      response = await fetch(request.clone());
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      throw new ApiProblem({ code: "offline", status: 0, detail: "The server can't be reached. Check your connection and try again." });
    }
    const wait = retryAfter(response);
    if (wait !== null && attempt < ATTEMPTS && wait <= LONGEST_WAIT) {
      await pause(wait, request.signal);
      continue;
    }
    if (response.status === 401 && csrfToken !== null) onSignedOut();
    return response;
  }
}

/** Paths that take no key, since they never do anything twice. */
const NO_KEY = /\/(session|setup|activate|query|parse|render|imports)$|\/imports\//;

/** Milliseconds after which a refusal may be tried again; null for other answers. */
function retryAfter(response: Response): number | null {
  if (response.status !== 429 && response.status !== 503) return null;
  const seconds = Number(response.headers.get("retry-after"));
  return Number.isFinite(seconds) && response.headers.has("retry-after") ? Math.max(seconds, 0.2) * 1000 : null;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason instanceof Error ? signal.reason : new DOMException("aborted", "AbortError"));
    });
  });
}

export interface CallOptions {
  query?: Record<string, string | number | boolean | null | undefined> | undefined;
  body?: unknown;
  headers?: Record<string, string> | undefined;
  signal?: AbortSignal | undefined;
}

/** Calls a path below /api/v1 whose name is known at run time only, as those of objects are. */
export async function call<Answer>(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const url = new URL(`/api/v1${path}`, location.origin);
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined && value !== null && value !== "") url.searchParams.set(name, String(value));
  }
  const { body } = options;
  const raw = body instanceof Blob || body instanceof FormData || body instanceof ArrayBuffer;
  const response = await send(
    new Request(url, {
      method,
      headers: { Accept: "application/json", ...(body === undefined || raw ? {} : { "Content-Type": "application/json" }), ...options.headers },
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
      ...(options.signal ? { signal: options.signal } : {}),
    }),
  );
  if (!response.ok) throw await problemOf(response);
  // The caller names the shape that the API's description promises.
  if (response.status === 204) return undefined as Answer;
  const type = response.headers.get("content-type") ?? "";
  return (type.includes("json") ? await response.json() : await response.text()) as Answer;
}
