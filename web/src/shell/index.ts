export { closeQuickCreate, openQuickCreate, type QuickCreateRequest } from "./overlays";
export { NotFoundPage } from "./error-page";
export { chooseTheme, setTheme, type Theme, useTheme } from "./theme";
export { TopBar, type TopBarProps } from "./top-bar";
