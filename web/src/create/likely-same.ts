import { useQuery } from "@tanstack/react-query";
import { keys, type SearchMatch, searchRecords } from "@/api";
import type { ObjectType } from "@/catalog";
import { textList, useDebounced } from "@/values";

/** The fewest letters that are looked for. */
const SHORTEST = 3;

/** Records that may be the one that is being entered. */
export function useLikelySame(object: ObjectType, values: Readonly<Record<string, unknown>>): SearchMatch[] {
  const { name, address } = parse(useDebounced(JSON.stringify(identity(values)), 250));
  const looked = [address, name].filter((text) => text.length >= SHORTEST);
  const wanted = object.key !== "task" && object.key !== "note" && looked.length > 0;
  const { data } = useQuery({
    queryKey: [...keys.search(looked.join(" · "), [object.name]), "same"],
    enabled: wanted,
    staleTime: 10_000,
    queryFn: async ({ signal }) => {
      const answers = await Promise.all(looked.map((text) => searchRecords(text, { objects: [object.name], limit: 5 }, signal)));
      return answers.flat();
    },
  });
  if (!wanted || data === undefined) return [];
  const found = data.filter((match) => (match.match === "name" ? isSameName(name, match.name) : address.length >= SHORTEST));
  return found.filter((match, place) => found.findIndex(({ id }) => id === match.id) === place).slice(0, 3);
}

interface Identity {
  name: string;
  address: string;
}

/** By what one is known: the name, and an address that is one's own. */
export function identity(values: Readonly<Record<string, unknown>>): Identity {
  const part = (name: string) => (typeof values[name] === "string" ? values[name].trim() : "");
  const name = part("name") || [part("first_name"), part("last_name")].filter(Boolean).join(" ");
  const email = textList(values.emails)[0]?.trim() ?? "";
  return { name, address: (email.includes("@") ? email : "") || part("domain") };
}

function parse(text: string): Identity {
  // It was written by `identity`.
  return JSON.parse(text) as Identity;
}

/** Whether a name is so near to another that it may mean the same. */
export function isSameName(typed: string, known: string): boolean {
  const [one, other] = [plain(typed), plain(known)];
  if (one.length < SHORTEST) return false;
  return one === other || (other.startsWith(one) && one.length * 2 >= other.length) || (one.startsWith(other) && other.length * 2 >= one.length);
}

/** Without what people write differently: capitals, accents, legal forms. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/\b(inc|ltd|llc|gmbh|ag|co|kg|corp|sarl|sas|bv|plc|limited|company)\b/g, "")
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
}
