import createClient from "openapi-fetch";
import { ApiProblem, problemOf } from "./problem";
import type { paths } from "./schema";
import { send } from "./send";

/** The typed client for the static part of the API: `await take(api.GET("/users/me"))`. */
export const api = createClient<paths>({ baseUrl: `${globalThis.location?.origin ?? ""}/api/v1`, fetch: send });

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The data of an answer; throws an ApiProblem where it was refused. */
export async function take<Data>(answer: Promise<Answer<Data>>): Promise<NonNullable<Data>> {
  const { data, error, response } = await answer;
  if (!response.ok) throw await problemOf(new Response(JSON.stringify(error), response));
  if (data === undefined || data === null) throw new ApiProblem({ code: "unreadable", status: response.status, detail: "The server's answer is empty." });
  return data;
}

/** For answers without content; throws an ApiProblem where it was refused. */
export async function done(answer: Promise<Answer<unknown>>): Promise<void> {
  const { error, response } = await answer;
  if (!response.ok) throw await problemOf(new Response(JSON.stringify(error), response));
}
