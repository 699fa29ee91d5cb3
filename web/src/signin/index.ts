export { ActivatePage } from "./activate-page";
export { AuthLayout, type AuthLayoutProps } from "./auth-layout";
export { useLinkToken } from "./link-token";
export { PasswordInput, PasswordStrength } from "./password-input";
export { SignInPage } from "./sign-in-page";
