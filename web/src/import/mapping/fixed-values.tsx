import { Plus, X } from "lucide-react";
import { useState } from "react";
import { Combobox, IconButton, Input, Select } from "@/ui";
import type { Target } from "../targets";
import { t } from "../texts";
import type { Planning } from "./use-plan";

/** Values that stand in no column, but that every record gets. */
export function FixedValues({ planning, targets }: { planning: Planning; targets: readonly Target[] }) {
  const { plan, change, problem } = planning;
  const set = plan.set ?? {};
  const entries = Object.entries(set);
  const [adding, setAdding] = useState(false);
  const free = targets.filter((target) => target.path !== "id" && target.path !== "full_name" && !(target.path in set));
  const put = (path: string, value: string) => change({ set: { ...set, [path]: value } });
  return (
    <section aria-labelledby="fixed">
      <h2 id="fixed" className="font-semibold">{t("fixed")}</h2>
      <p className="text-xs text-faint">{t("fixed_hint")}</p>
      <ul className="mt-3 flex flex-col gap-2">
        {entries.map(([path, value]) => {
          const target = targets.find((one) => one.path === path);
          const options = target?.field?.type === "select" ? (target.field.options ?? []).filter((option) => option.retired !== true) : [];
          const error = problem?.errors.find((one) => one.field.startsWith(`set.${path}`))?.message;
          const label = `${t("fixed_value")}: ${target?.label ?? path}`;
          return (
            <li key={path}>
              <div className="flex items-center gap-2">
                <span className="w-48 shrink-0 truncate font-medium max-md:w-28">{target?.label ?? path}</span>
                {options.length > 0 ? (
                  <Select label={label} value={value === "" ? null : value} onChange={(next) => put(path, next)} choices={options.map((option) => ({ value: option.value, label: option.label }))} className="max-w-72" />
                ) : (
                  <Input aria-label={label} value={value} onChange={(event) => put(path, event.target.value)} className="max-w-72" autoFocus={value === ""} />
                )}
                <IconButton label={t("remove")} icon={<X size={14} />} onClick={() => change({ set: Object.fromEntries(entries.filter(([key]) => key !== path)) })} />
              </div>
              {error === undefined ? null : <p role="alert" className="mt-1 text-xs text-danger-text">{error}</p>}
            </li>
          );
        })}
      </ul>
      {adding ? (
        <Combobox
          autoOpen
          value={null}
          label={t("fixed_field")}
          placeholder={t("fixed_field")}
          items={free.map((target) => ({ value: target.path, label: target.label }))}
          className="mt-2 max-w-72"
          onChange={(item) => {
            setAdding(false);
            if (item) put(item.value, "");
          }}
        />
      ) : (
        <button type="button" onClick={() => setAdding(true)} className="mt-2 -ml-2 flex h-7 items-center gap-1.5 rounded-md px-2 text-sm font-medium text-muted hover:bg-hover hover:text-text">
          <Plus size={14} aria-hidden="true" />
          {t("add_fixed")}
        </button>
      )}
    </section>
  );
}
