import { Tabs as Base } from "@base-ui/react/tabs";
import { clsx } from "clsx";
import type { ReactNode } from "react";

export interface TabsProps<Value extends string> {
  value: Value;
  onChange: (value: Value) => void;
  label: string;
  tabs: readonly { value: Value; label: ReactNode; panel?: ReactNode }[];
  className?: string | undefined;
}

/** Tabs under a line. Where panels are given they are shown below. */
export function Tabs<Value extends string>({ value, onChange, label, tabs, className }: TabsProps<Value>) {
  return (
    <Base.Root value={value} onValueChange={(next: Value) => onChange(next)} className={clsx("flex min-h-0 flex-col", className)}>
      <Base.List aria-label={label} className="relative flex shrink-0 gap-4 border-b border-line">
        {tabs.map((tab) => (
          <Base.Tab
            key={tab.value}
            value={tab.value}
            className="h-9 border-b-2 border-transparent text-sm font-medium text-muted hover:text-text data-active:border-accent data-active:text-text"
          >
            {tab.label}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map((tab) =>
        tab.panel === undefined ? null : (
          <Base.Panel key={tab.value} value={tab.value} className="min-h-0 flex-1 outline-none">
            {tab.panel}
          </Base.Panel>
        ),
      )}
    </Base.Root>
  );
}
