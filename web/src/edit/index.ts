export { mergeAnswer } from "./answer";
export { patchCached, refreshTotals } from "./cache";
export { type FieldKey, type Refusal, setRefusal, useRefusal, useRefusals } from "./refusals";
export { RefusalPopover, type RefusalPopoverProps } from "./refusal-popover";
export { replayEdits, type Replayed } from "./replay";
export { editField, type RecordEdit, useRecordEdit } from "./use-record-edit";
export { useIsWaiting, useWaitingEdits, type WaitingEdit } from "./waiting";
