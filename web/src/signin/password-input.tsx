import { clsx } from "clsx";
import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { IconButton, Input, type InputProps } from "@/ui";
import { strengthOf } from "./password-strength";
import { t } from "./texts";

/** A password that can be shown while it is typed. */
export function PasswordInput({ className, ...rest }: Omit<InputProps, "type">) {
  const [shown, setShown] = useState(false);
  return (
    <div className="relative">
      <Input {...rest} type={shown ? "text" : "password"} spellCheck={false} autoCapitalize="off" className={clsx("pr-10", className)} />
      <IconButton
        label={shown ? t("hide_password") : t("show_password")}
        aria-pressed={shown}
        icon={shown ? <EyeOff size={15} /> : <Eye size={15} />}
        onClick={() => setShown(!shown)}
        className="absolute top-1/2 right-1 -translate-y-1/2 aria-pressed:bg-transparent"
      />
    </div>
  );
}

const COLORS = ["bg-pressed", "bg-danger", "bg-(--tag-amber-fg)", "bg-(--tag-green-fg)", "bg-(--tag-green-fg)"] as const;

/** How good the password is that is being typed: four bars and a word. */
export function PasswordStrength({ password, personal }: { password: string; personal?: readonly string[] }) {
  const { level, hint } = strengthOf(password, personal);
  const texts = {
    too_short: t("strength_too_short", { n: Math.max(12 - [...password].length, 0) }),
    common: t("strength_common"),
    personal: t("strength_personal"),
    fair: t("strength_fair"),
    good: t("strength_good"),
    strong: t("strength_strong"),
  };
  return (
    <span className="flex items-center gap-3">
      <span className="flex w-20 shrink-0 gap-1" aria-hidden="true">
        {[1, 2, 3, 4].map((step) => <span key={step} className={clsx("h-1 flex-1 rounded-full transition-colors", step <= level ? COLORS[level] : "bg-pressed")} />)}
      </span>
      <span>{password === "" ? t("strength_start") : texts[hint]}</span>
    </span>
  );
}
