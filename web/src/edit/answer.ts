import type { KithRecord } from "@/api";
import { isLinked } from "@/values";

/**
 * A record in the cache, with what the server answered to a change. The answer has linked records
 * by their ids alone: names that are known stay.
 */
export function mergeAnswer(cached: KithRecord, answer: KithRecord): KithRecord {
  const merged: KithRecord = { ...cached, version: answer.version, updated_at: answer.updated_at };
  for (const name of Object.keys(cached)) {
    if (name in answer) merged[name] = mergeValue(cached[name], answer[name]);
  }
  return merged;
}

function mergeValue(cached: unknown, answer: unknown): unknown {
  if (isLinked(cached) && isLinked(answer)) return cached.id === answer.id ? { ...cached, ...answer } : answer;
  if (Array.isArray(cached) && Array.isArray(answer)) {
    return answer.map((item: unknown) => {
      const known: unknown = isLinked(item) ? cached.find((one: unknown) => isLinked(one) && one.id === item.id) : undefined;
      return isLinked(known) && isLinked(item) ? { ...known, ...item } : item;
    });
  }
  return answer;
}

/** Whether linked records came whose names aren't known. */
export function lacksNames(record: KithRecord, shown: KithRecord): boolean {
  return Object.keys(shown).some((name) => {
    const value = record[name];
    const items = Array.isArray(value) ? value : [value];
    return items.some((item: unknown) => isLinked(item) && !("name" in item));
  });
}
