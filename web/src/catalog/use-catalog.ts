import { queryOptions, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { createContext, useContext, useMemo } from "react";
import { call, keys, type KithRecord, listRecords, queryClient } from "@/api";
import { Catalog } from "./catalog";
import type { ObjectType } from "./types";

export const catalogQuery = queryOptions({
  queryKey: keys.catalog,
  staleTime: 60_000,
  queryFn: async ({ signal }) => {
    const { data, version } = await call<{ data: ObjectType[]; version: number }>("GET", "/objects", { signal });
    return new Catalog(data, version);
  },
  structuralSharing: false,
});

/** What the frame around all pages gives to them: hundreds of cells read it. */
export const CatalogContext = createContext<Catalog | null>(null);
export const StagesContext = createContext<ReadonlyMap<string, Stage>>(new Map());

/** The workspace's objects. Loaded before any page behind the sign-in is shown. */
export function useCatalog(): Catalog {
  const catalog = useContext(CatalogContext);
  if (catalog === null) throw new Error("This page needs the catalog.");
  return catalog;
}

/** For the frame alone: the objects as they are now. */
export function useCurrentCatalog(): Catalog {
  return useSuspenseQuery(catalogQuery).data;
}

/** The object with this singular or plural name; undefined where there is none. */
export function useObject(name: string): ObjectType | undefined {
  return useCatalog().object(name);
}

/** Has everything that shows objects and fields ask again, after they were changed. */
export function refreshCatalog(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: keys.catalog });
}

export interface Stage {
  id: string;
  name: string;
  pipeline: { id: string; name: string };
  position: number;
  /** Percent. */
  probability: number;
  kind: "open" | "won" | "lost";
  rottingDays: number | null;
}

export interface Pipeline {
  id: string;
  name: string;
  isDefault: boolean;
  stages: Stage[];
}

export const pipelinesQuery = queryOptions({
  queryKey: [...keys.object("stages"), "pipelines"],
  staleTime: 60_000,
  queryFn: async ({ signal }) => {
    const [pipelines, stages] = await Promise.all([
      listRecords("pipelines", { sort: "position,name", limit: 200, count: "none" }, signal),
      listRecords("stages", { fields: "name,pipeline(name),position,probability,kind,rotting_days", sort: "position,name", limit: 200, count: "none" }, signal),
    ]);
    return pipelines.data.map((pipeline): Pipeline => {
      const own = stages.data.map(readStage).filter((stage) => stage?.pipeline.id === pipeline.id);
      return { id: pipeline.id, name: text(pipeline.name), isDefault: pipeline.is_default === true, stages: own.filter((stage) => stage !== null) };
    });
  },
});

/** The pipelines in their order, each with its stages in theirs. Undefined while loading. */
export function usePipelines(): Pipeline[] | undefined {
  return useQuery(pipelinesQuery).data;
}

/** Every stage by its id. */
export function useStages(): ReadonlyMap<string, Stage> {
  return useContext(StagesContext);
}

/** For the frame alone: the stages as they are now. */
export function useCurrentStages(): ReadonlyMap<string, Stage> {
  const pipelines = usePipelines();
  return useMemo(() => new Map((pipelines ?? []).flatMap(({ stages }) => stages.map((stage) => [stage.id, stage] as const))), [pipelines]);
}

function readStage(record: KithRecord): Stage | null {
  const pipeline = record.pipeline;
  if (typeof pipeline !== "object" || pipeline === null || !("id" in pipeline)) return null;
  const kind = record.kind === "won" || record.kind === "lost" ? record.kind : "open";
  return {
    id: record.id,
    name: text(record.name),
    pipeline: { id: text(pipeline.id), name: "name" in pipeline ? text(pipeline.name) : "" },
    position: Number(record.position ?? 0),
    probability: Number(record.probability ?? 0),
    kind,
    rottingDays: typeof record.rotting_days === "number" ? record.rotting_days : null,
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
