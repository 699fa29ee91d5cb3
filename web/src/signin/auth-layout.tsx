import { clsx } from "clsx";
import { type ReactNode, useEffect } from "react";

export interface AuthLayoutProps {
  title: string;
  /** A sentence under the title. */
  text?: ReactNode;
  children: ReactNode;
  /** Stands small under the content. */
  footer?: ReactNode;
  wide?: boolean | undefined;
}

/** The calm, centred page of everything that happens before one is signed in. */
export function AuthLayout({ title, text, children, footer, wide }: AuthLayoutProps) {
  useEffect(() => {
    document.title = `${title} · Kith`;
  }, [title]);
  return (
    <main className="flex min-h-dvh flex-col bg-sunken px-4 py-10 max-sm:bg-bg max-sm:py-8">
      <div className={clsx("m-auto w-full", wide ? "max-w-116" : "max-w-92")}>
        <div className="rounded-2xl border border-line bg-bg px-8 pt-8 pb-8 shadow-md max-sm:border-0 max-sm:px-0 max-sm:py-0 max-sm:shadow-none">
          <img src="/icon.svg" alt="" className="size-9" />
          <h1 className="mt-5 text-xl font-semibold tracking-tight text-balance">{title}</h1>
          {text === undefined ? null : <p className="mt-1 text-base text-pretty text-muted">{text}</p>}
          <div className="mt-6">{children}</div>
        </div>
        {footer === undefined ? null : <div className="mt-4 text-center text-xs text-faint">{footer}</div>}
      </div>
    </main>
  );
}
