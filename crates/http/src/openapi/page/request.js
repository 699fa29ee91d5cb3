// An operation as a request: the curl command, and the form that sends it.

import { copyButton, el } from "./dom.js";
import { example, kind, resolve } from "./schema.js";

const shell = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;

export function parameters(operation) {
  return (operation.parameters ?? []).map(resolve);
}

export function bodyOf(operation) {
  const content = resolve(operation.requestBody)?.content;
  if (!content) return undefined;
  const type = content["application/json"] ? "application/json" : Object.keys(content)[0];
  const media = content[type];
  const json = type === "application/json" || type.endsWith("+json");
  const value = media.example ?? (json ? example(media.schema) : undefined);
  return { type, json, schema: media.schema, text: json ? JSON.stringify(value, null, 2) : "" };
}

function address(base, path, given) {
  const filled = path.replace(/\{\*?([^}]+)\}/g, (_, name) => encodeURIComponent(given.path[name] ?? `{${name}}`));
  const query = new URLSearchParams(given.query).toString();
  return base + filled + (query ? `?${query}` : "");
}

/** The shell command that sends what `given` says. */
export function curl(base, method, path, operation, given) {
  const words = ["curl"];
  if (method !== "get") words.push("-X", method.toUpperCase());
  words.push(shell(new URL(address(base, path, given), location.href).href));
  const lines = [words.join(" ")];
  if (operation.security?.length) lines.push('-H "Authorization: Bearer $KITH_TOKEN"');
  for (const [name, value] of Object.entries(given.header)) lines.push(`-H ${shell(`${name}: ${value}`)}`);
  const body = bodyOf(operation);
  if (body) {
    lines.push(`-H ${shell(`Content-Type: ${body.type}`)}`);
    lines.push(body.json ? `-d ${shell(given.body)}` : "--data-binary @FILE");
  }
  return lines.join(" \\\n  ");
}

/** The form that sends the request from this page, with the command that does the same. */
export function tryIt(base, method, path, operation, token) {
  const fields = parameters(operation).map((parameter) => field(parameter));
  const body = bodyOf(operation);
  const text = body?.json ? el("textarea", { "aria-label": "Body", spellcheck: "false" }) : undefined;
  if (text) text.value = body.text;
  const file = body && !body.json ? el("input", { type: "file", "aria-label": "File to send" }) : undefined;
  const command = el("pre", { tabindex: "0" });
  const answer = el("div", { role: "status" });
  const given = () => {
    const given = { path: {}, query: {}, header: {}, body: text?.value };
    for (const { parameter, input } of fields) {
      if (input.value !== "" && given[parameter.in]) given[parameter.in][parameter.name] = input.value;
    }
    return given;
  };
  const refresh = () => (command.textContent = curl(base, method, path, operation, given()));
  const form = el("form", { oninput: refresh, onsubmit: send },
    fields.map(({ parameter, input }) =>
      el("label", { class: "field" }, el("code", {}, parameter.name), input)),
    text ?? file ?? "",
    el("div", { class: "actions" }, el("button", {}, "Send"), el("span", { class: "quiet" }, hint())));

  function hint() {
    if (!operation.security?.length) return "";
    return token() ? "with your token" : "paste a token above first, or be signed in";
  }

  async function send(event) {
    event.preventDefault();
    const now = given();
    const headers = { ...now.header };
    if (token()) headers.Authorization = `Bearer ${token()}`;
    if (body) headers["Content-Type"] = body.type;
    const began = performance.now();
    answer.replaceChildren(el("p", { class: "quiet" }, "Waiting…"));
    try {
      const response = await fetch(address(base, path, now), {
        method: method.toUpperCase(), headers, body: text?.value ?? file?.files[0],
      });
      const content = await response.text();
      show(response, content, Math.round(performance.now() - began));
    } catch (error) {
      answer.replaceChildren(el("p", { class: "bad" }, `The request was not answered: ${error.message}`));
    }
  }

  function show(response, content, took) {
    const head = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
    const line = `${response.status} ${response.statusText} · ${took} ms`;
    answer.replaceChildren(
      el("p", { class: response.ok ? "" : "bad" }, line),
      el("details", {}, el("summary", {}, "headers"), el("pre", {}, head)),
      el("pre", { tabindex: "0" }, pretty(content)));
  }

  refresh();
  return [
    el("div", { class: "title" }, el("h2", {}, "Command"), copyButton(() => command.textContent)),
    command,
    el("h2", {}, "Try it"),
    form,
    answer,
  ];
}

function pretty(content) {
  const shown = content.length > 200_000 ? `${content.slice(0, 200_000)}\n…` : content;
  try {
    return JSON.stringify(JSON.parse(content), null, 2).slice(0, 200_000);
  } catch {
    return shown;
  }
}

function field(parameter) {
  const schema = resolve(parameter.schema);
  const attributes = { name: parameter.name, required: parameter.required, placeholder: kind(parameter.schema) };
  const input = schema.enum
    ? el("select", attributes, el("option", { value: "" }, ""), schema.enum.map((one) => el("option", { value: one }, String(one))))
    : el("input", { ...attributes, autocomplete: "off", spellcheck: "false" });
  return { parameter, input };
}
