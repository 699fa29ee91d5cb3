export { PipelineSettings } from "./pipeline-settings";
