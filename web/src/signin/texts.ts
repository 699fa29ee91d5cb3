import { texts } from "@/i18n";

export const t = texts("signin", {
  title: "Sign in to Kith",
  email: "E-mail address",
  password: "Password",
  sign_in: "Sign in",
});
