import type { ObjectType } from "@/catalog";
import { Field, Segmented, Select } from "@/ui";
import { keysOf } from "../targets";
import { t } from "../texts";
import type { Planning } from "./use-plan";

/** What happens to records that are there already. */
export function Strategy({ object, planning }: { object: ObjectType; planning: Planning }) {
  const { plan, change, problem } = planning;
  const mode = plan.mode ?? "create";
  const keys = keysOf(object);
  return (
    <section aria-labelledby="existing" className="border-b border-line pb-6">
      <h2 id="existing" className="font-semibold">{t("existing")}</h2>
      <div className="mt-3 flex flex-wrap items-start gap-x-6 gap-y-4">
        <div>
          <Segmented
            label={t("mode")}
            value={mode}
            onChange={(next) => change(next === "create" ? { mode: next, by: null } : { mode: next, by: plan.by ?? keys[0]?.value ?? "id" })}
            choices={[
              { value: "upsert", label: t("mode_upsert") },
              { value: "create", label: t("mode_create") },
              { value: "update", label: t("mode_update") },
            ]}
          />
          <p className="mt-1.5 max-w-sm text-xs text-faint">{t(`mode_${mode}_hint`)}</p>
        </div>
        {mode === "create" ? null : (
          <>
            <Field label={t("by")} error={problem?.field("by")} className="w-48 max-md:w-full">
              {({ id, "aria-invalid": invalid }) => <Select id={id} invalid={invalid} value={plan.by ?? null} placeholder={t("by_missing")} onChange={(by) => change({ by })} choices={keys} />}
            </Field>
            <Field label={t("empty")} className="w-44 max-md:w-full">
              {({ id }) => (
                <Select
                  id={id}
                  value={plan.empty ?? "keep"}
                  onChange={(empty) => change({ empty })}
                  choices={[
                    { value: "keep", label: t("empty_keep") },
                    { value: "clear", label: t("empty_clear") },
                  ]}
                />
              )}
            </Field>
            <Field label={t("lists")} className="w-44 max-md:w-full">
              {({ id }) => (
                <Select
                  id={id}
                  value={plan.lists ?? "add"}
                  onChange={(lists) => change({ lists })}
                  choices={[
                    { value: "add", label: t("lists_add") },
                    { value: "replace", label: t("lists_replace") },
                  ]}
                />
              )}
            </Field>
          </>
        )}
      </div>
    </section>
  );
}
