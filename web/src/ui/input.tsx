import { clsx } from "clsx";
import type { ComponentProps } from "react";

export const INPUT_CLASS =
  "w-full min-w-0 rounded-md border border-line-strong bg-bg text-text shadow-sm transition-colors duration-75 " +
  "hover:border-faint/60 focus:border-accent focus:outline-2 focus:-outline-offset-1 focus:outline-accent " +
  "disabled:opacity-60 [&[readonly]]:bg-sunken aria-invalid:border-danger aria-invalid:focus:outline-danger";

export interface InputProps extends ComponentProps<"input"> {
  large?: boolean | undefined;
}

export function Input({ className, large, ...rest }: InputProps) {
  return <input {...rest} className={clsx(INPUT_CLASS, large ? "h-9 px-3 text-base" : "h-8 px-2.5 text-sm", className)} />;
}

export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea rows={4} {...rest} className={clsx(INPUT_CLASS, "block px-2.5 py-1.5 text-sm", className)} />;
}
