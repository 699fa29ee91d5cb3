export { BulkBar, type BulkBarProps } from "./bulk-bar";
export { JobPanel } from "./job-panel";
export { runBulk } from "./jobs";
