export { type Column, type ColumnState, columnSelection, columnValue, dateFields, type Density, type FooterKind, groupFields, type ListView, resolveColumns, resolvePath, type SavedView, sortPath } from "./model";
export { type ListViewState, useListView } from "./use-list-view";
export { createView, deleteView, updateView, useViews } from "./use-views";
export { UnsavedBar } from "./unsaved-bar";
export { ViewTabs } from "./view-tabs";
