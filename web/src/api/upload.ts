import { ApiProblem, problemOf } from "./problem";
import { csrfHeader } from "./send";

export interface UploadOptions {
  query?: Record<string, string | null | undefined>;
  signal?: AbortSignal;
  /** How much has left: 0 to 1. */
  onProgress?: (share: number) => void;
}

/**
 * Sends a file as it is, read from the disk as it goes. By XMLHttpRequest, since fetch does not tell
 * how much of a body has left.
 */
export function upload<Answer>(path: string, file: Blob, options: UploadOptions = {}): Promise<Answer> {
  const url = new URL(`/api/v1${path}`, location.origin);
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined && value !== null && value !== "") url.searchParams.set(name, value);
  }
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.responseType = "text";
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    const csrf = csrfHeader();
    if (csrf !== null) request.setRequestHeader("X-CSRF-Token", csrf);
    request.upload.addEventListener("progress", (event) => options.onProgress?.(event.lengthComputable && event.total > 0 ? event.loaded / event.total : 0));
    request.addEventListener("load", () => {
      const answer = new Response(request.responseText, { status: request.status, headers: headersOf(request) });
      if (answer.ok) void answer.json().then((data: Answer) => resolve(data), reject);
      else void problemOf(answer).then(reject);
    });
    request.addEventListener("error", () => reject(new ApiProblem({ code: "offline", status: 0, detail: "The file could not be sent: the server can't be reached, or the file was changed meanwhile." })));
    request.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
    options.signal?.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

function headersOf(request: XMLHttpRequest): Headers {
  const headers = new Headers();
  for (const name of ["content-type", "retry-after", "x-request-id"]) {
    const value = request.getResponseHeader(name);
    if (value !== null) headers.set(name, value);
  }
  return headers;
}
