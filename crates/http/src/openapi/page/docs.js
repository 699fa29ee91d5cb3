// The page itself: loads the document, lists its operations, shows the one in the address.

import { el, inline, prose } from "./dom.js";
import { bodyOf, parameters, tryIt } from "./request.js";
import { members, resolve, row, use } from "./schema.js";

const METHODS = ["get", "post", "put", "patch", "delete"];
const at = (id) => document.getElementById(id);
const token = () => at("token").value.trim();

let api = { paths: {} };
let operations = [];

async function load() {
  const headers = token() ? { Authorization: `Bearer ${token()}` } : {};
  try {
    const response = await fetch("/api/v1/openapi.json", { headers });
    const content = await response.json();
    if (!response.ok) throw new Error(content.detail ?? response.statusText);
    api = content;
  } catch (error) {
    at("main").replaceChildren(el("p", { class: "bad" }, `The document can't be loaded: ${error.message}`));
    return;
  }
  use(api);
  operations = Object.entries(api.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({ path, method, operation: item[method] })));
  list();
  show();
}

function words({ path, method, operation }) {
  return [method, path, operation.operationId, operation.summary, operation.tags].flat().join(" ").toLowerCase();
}

function list() {
  const wanted = at("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = operations.filter((one) => wanted.every((word) => words(one).includes(word)));
  const groups = new Map((api.tags ?? []).map((tag) => [tag.name, []]));
  for (const one of found) {
    const tag = one.operation.tags?.[0] ?? "other";
    if (!groups.has(tag)) groups.set(tag, []);
    groups.get(tag).push(one);
  }
  const shown = [...groups].filter(([, members]) => members.length).map(([tag, members]) =>
    el("section", {}, el("h2", {}, tag), el("ul", {}, members.map(entry))));
  at("list").replaceChildren(...(shown.length ? shown : [el("p", { class: "quiet" }, "Nothing matches.")]));
  at("found").textContent = wanted.length ? `${found.length} operations` : "";
  mark();
}

function entry({ method, operation }) {
  return el("li", {}, el("a", { href: `#/${operation.operationId}`, title: operation.operationId },
    el("span", { class: `method ${method}` }, method), el("span", {}, operation.summary)));
}

function current() {
  const id = decodeURIComponent(location.hash.replace(/^#\//, ""));
  return operations.find((one) => one.operation.operationId === id);
}

function mark() {
  for (const link of at("list").querySelectorAll("a")) {
    if (link.getAttribute("href") === location.hash) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function show() {
  const one = current();
  const main = at("main");
  document.title = one ? `${one.operation.summary} · Kith API` : "Kith API";
  main.replaceChildren(...(one ? page(one) : intro()));
  mark();
}

function intro() {
  const info = api.info ?? {};
  const tags = (api.tags ?? []).map((tag) =>
    el("div", { class: "row" }, el("span", { class: "name" }, tag.name), el("p", {}, inline(tag.description ?? ""))));
  return [
    el("h1", {}, `${info.title ?? "API"} ${info.version ?? ""}`),
    ...prose(info.description),
    el("p", {}, el("a", { href: "/api/v1/openapi.json" }, "openapi.json"),
      ` · ${operations.length} operations. Paste a token above to see your workspace's own objects and fields.`),
    tags.length ? el("div", { class: "box" }, tags) : "",
  ].filter(Boolean);
}

function page({ path, method, operation }) {
  const base = api.servers?.[0]?.url ?? "";
  const given = parameters(operation);
  const body = bodyOf(operation);
  const sections = [
    el("h1", {}, operation.summary),
    el("div", { class: "path" }, el("span", { class: `method ${method}` }, method), base + path),
    ...prose(operation.description),
    el("p", { class: "quiet" }, operation.security?.length ? "Needs a token or a session." : "Open to anyone."),
  ];
  if (given.length) {
    sections.push(el("h2", {}, "Parameters"), el("div", { class: "box" }, given.map((one) =>
      row(`${one.name} · ${one.in}`, one.schema, one.required, one.description))));
  }
  if (body) {
    sections.push(el("h2", {}, `Body · ${body.type}`), members(body.schema));
  }
  sections.push(el("h2", {}, "Answers"), ...Object.entries(operation.responses ?? {}).map(answer));
  sections.push(...tryIt(base, method, path, operation, token));
  return sections;
}

function answer([status, response]) {
  const full = resolve(response);
  const content = Object.entries(full.content ?? {});
  const details = el("details", { open: status.startsWith("2") },
    el("summary", {}, el("span", { class: "name" }, status), " ", ...inline(full.description ?? "")));
  for (const [type, media] of content) {
    details.append(el("p", { class: "quiet" }, type), members(media.schema ?? {}));
  }
  return details;
}

addEventListener("hashchange", () => {
  show();
  at("main").focus({ preventScroll: true });
  // On a phone the list stands above the operation.
  if (matchMedia("(max-width: 48rem)").matches) at("main").scrollIntoView();
  else scrollTo(0, 0);
});
addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "/" && !typing) {
    event.preventDefault();
    at("search").focus();
  }
});
at("search").addEventListener("input", list);
at("token").addEventListener("change", load);
load();
