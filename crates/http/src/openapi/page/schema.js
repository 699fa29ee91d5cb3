// Schemas: followed through references, shown, and turned into examples.

import { el, inline } from "./dom.js";

let root = {};

export function use(document) {
  root = document;
}

/** What a reference leads to, or the thing itself. */
export function resolve(thing) {
  let steps = 0;
  while (thing && thing.$ref && steps++ < 20) {
    thing = thing.$ref
      .replace(/^#\//, "")
      .split("/")
      .reduce((at, key) => at?.[key.replaceAll("~1", "/").replaceAll("~0", "~")], root);
  }
  return thing ?? {};
}

/** One line: `array of Person`, `string (uuid) or null`. */
export function kind(schema) {
  if (!schema) return "any";
  if (schema.$ref) return schema.$ref.split("/").pop();
  const any = schema.anyOf ?? schema.oneOf;
  if (any) return any.map(kind).join(" or ");
  if (schema.allOf) return schema.allOf.map(kind).join(" and ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const types = [schema.type ?? "any"].flat();
  return types
    .map((type) => {
      if (type === "array") return `array of ${kind(schema.items)}`;
      return type + (schema.format && type !== "null" ? ` (${schema.format})` : "");
    })
    .join(" or ");
}

function facts(schema) {
  const facts = [];
  const add = (name, value) => value !== undefined && facts.push(`${name} ${JSON.stringify(value)}`);
  add("default", schema.default);
  add("from", schema.minimum);
  add("to", schema.maximum);
  add("at least", schema.minLength ?? schema.minItems);
  add("at most", schema.maxLength ?? schema.maxItems);
  if (schema.pattern) facts.push(`pattern ${schema.pattern}`);
  if (schema.enum) facts.push(`one of ${schema.enum.map((one) => JSON.stringify(one)).join(", ")}`);
  return facts.join("; ");
}

/** The members below a schema, if it has any. */
function inner(schema) {
  const full = resolve(schema);
  if (full.properties || typeof full.additionalProperties === "object") return full;
  if (full.items) return inner(full.items);
  for (const one of full.anyOf ?? full.oneOf ?? full.allOf ?? []) {
    const found = inner(one);
    if (found) return found;
  }
  return undefined;
}

/** A row for a named value. Its members unfold when asked for, so that cycles don't matter. */
export function row(name, schema, required, description) {
  const full = resolve(schema);
  const about = description ?? schema?.description ?? full.description;
  const more = facts(full);
  return el("div", { class: "row" },
    el("span", { class: "name" }, name),
    el("span", { class: "kind" }, kind(schema)),
    required ? el("span", { class: "must" }, "required") : "",
    about ? el("p", {}, inline(about)) : "",
    more ? el("p", {}, el("code", {}, more)) : "",
    unfold(schema));
}

function unfold(schema) {
  const object = inner(schema);
  if (!object) return "";
  const details = el("details", {}, el("summary", {}, "members"));
  details.addEventListener("toggle", () => details.append(members(object)), { once: true });
  return details;
}

/** All members of an object schema. */
export function members(schema) {
  const object = inner(schema) ?? resolve(schema);
  const rows = Object.entries(object.properties ?? {}).map(([name, one]) =>
    row(name, one, object.required?.includes(name)));
  if (typeof object.additionalProperties === "object") {
    rows.push(row("(any name)", object.additionalProperties, false));
  }
  return el("div", { class: "box" }, rows.length ? rows : el("p", { class: "quiet" }, kind(schema)));
}

/** A plausible value of a schema. */
export function example(schema, depth = 0) {
  const full = resolve(schema);
  if (full.examples?.length) return full.examples[0];
  if (full.example !== undefined) return full.example;
  if (full.default !== undefined) return full.default;
  if (full.const !== undefined) return full.const;
  if (full.enum) return full.enum[0];
  if (depth > 5) return null;
  const any = full.anyOf ?? full.oneOf;
  if (any) return example(any[0], depth + 1);
  switch ([full.type].flat()[0]) {
    case "object": {
      const entries = Object.entries(full.properties ?? {});
      const wanted = entries.filter(([name]) => full.required?.includes(name));
      const shown = wanted.length ? wanted : entries.slice(0, 4);
      return Object.fromEntries(shown.map(([name, one]) => [name, example(one, depth + 1)]));
    }
    case "array":
      return [example(full.items, depth + 1)];
    case "integer":
      return full.minimum ?? 1;
    case "number":
      return 1.5;
    case "boolean":
      return true;
    case "string":
      return text(full.format);
    default:
      return null;
  }
}

function text(format) {
  return {
    uuid: "0192f0c1-8b7a-7c3d-9e21-5f6a7b8c9d0e",
    "date-time": "2026-11-21T09:30:00Z",
    date: "2026-11-21",
    email: "ada@example.org",
    uri: "https://example.org",
  }[format] ?? "text";
}
