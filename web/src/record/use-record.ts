import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { type ApiProblem, asProblem, getRecord, keys, type KithRecord } from "@/api";
import { fullSelection, type ObjectType, recordName } from "@/catalog";
import { forgetRecord, rememberRecord } from "@/commands";
import { t } from "./texts";

export interface LoadedRecord {
  record: KithRecord | undefined;
  problem: ApiProblem | null;
  retry: () => void;
}

/** A record with everything of it, linked records by name. Remembers that it was looked at. */
export function useRecord(object: ObjectType, id: string): LoadedRecord {
  const { data, error, refetch } = useQuery({
    queryKey: keys.record(object.plural, id),
    queryFn: ({ signal }) => getRecord(object.plural, id, { fields: fullSelection(object) }, signal),
  });
  const name = data === undefined ? undefined : recordName(data, t("untitled"));
  useEffect(() => {
    if (name !== undefined) rememberRecord({ object: object.name, id, name });
  }, [object.name, id, name]);
  const problem = error === null ? null : asProblem(error);
  const gone = problem?.code === "not_found";
  useEffect(() => {
    if (gone) forgetRecord(id);
  }, [gone, id]);
  return { record: gone ? undefined : data, problem: data === undefined || gone ? problem : null, retry: () => void refetch() };
}
