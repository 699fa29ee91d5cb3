export { Catalog, editableFields, fieldOf, fullSelection, isEditable, isLink, isSystem, liveFields, recordName, requiredFields, selection, selectionOf } from "./catalog";
export { FieldIcon, fieldIcon } from "./field-icon";
export { ObjectIcon, objectIcon } from "./icons";
export type { Field, FieldType, ObjectType, Option } from "./types";
export { CatalogContext, catalogQuery, type Pipeline, pipelinesQuery, refreshCatalog, type Stage, useCatalog, StagesContext, useCurrentCatalog, useCurrentStages, useObject, usePipelines, useStages } from "./use-catalog";
