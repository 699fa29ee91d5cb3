import { clsx } from "clsx";
import { colorOf } from "./colors";

const SIZES = { xs: "size-4 text-[8px]", sm: "size-5 text-[9px]", md: "size-6 text-[10px]", lg: "size-9 text-sm", xl: "size-12 text-lg" };

/** The first letters of the first and the last word. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const first = words[0];
  const last = words.length > 1 ? words.at(-1) : undefined;
  if (first === undefined) return [...name.trim()][0] ?? "";
  return [first, last].map((word) => [...(word ?? "")].find((letter) => /[\p{L}\p{N}]/u.test(letter)) ?? "").join("").toUpperCase();
}

export interface AvatarProps {
  name: string;
  size?: keyof typeof SIZES | undefined;
  /** Companies are squares, people circles. */
  square?: boolean | undefined;
  className?: string | undefined;
}

export function Avatar({ name, size = "sm", square, className }: AvatarProps) {
  const color = colorOf(name);
  return (
    <span
      aria-hidden="true"
      style={{ background: `var(--tag-${color}-bg)`, color: `var(--tag-${color}-fg)` }}
      className={clsx("inline-flex shrink-0 items-center justify-center font-semibold select-none", square ? "rounded-sm" : "rounded-full", SIZES[size], className)}
    >
      {initials(name)}
    </span>
  );
}
