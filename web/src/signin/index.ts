export { ActivatePage } from "./activate-page";
export { SignInPage } from "./sign-in-page";
