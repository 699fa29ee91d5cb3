export { QuickCreate, type QuickCreateProps } from "./quick-create";
