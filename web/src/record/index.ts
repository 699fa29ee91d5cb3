export { RecordPage } from "./record-page";
export { RecordPeek, type RecordPeekProps } from "./record-peek";
export { rememberTrail } from "./trail";
