import { ChevronRight } from "lucide-react";
import { useMemo, useState } from "react";
import { type KithRecord, useSession } from "@/api";
import type { ObjectType } from "@/catalog";
import { Fact } from "./fact";
import { factFields } from "./shape";
import { t } from "./texts";

/** Every field of a record, to be read and edited in place. */
export function Facts({ object, record }: { object: ObjectType; record: KithRecord }) {
  const { user } = useSession();
  const canEdit = user.role !== "read_only";
  const { own, system } = useMemo(() => factFields(object), [object]);
  const [open, setOpen] = useState(false);
  return (
    <div data-record={record.id} className="text-sm">
      <dl className="flex flex-col gap-px" id="facts">
        {own.map((field) => <Fact key={field.id} object={object} record={record} field={field} canEdit={canEdit} />)}
      </dl>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="mt-3 flex h-7 items-center gap-1.5 rounded-md pr-2 pl-1 text-xs font-medium text-muted hover:text-text"
      >
        <ChevronRight size={13} className={open ? "rotate-90 transition-transform" : "transition-transform"} aria-hidden="true" />
        {t("more_facts")}
      </button>
      {open ? (
        <dl className="flex flex-col gap-px">
          {system.map((field) => <Fact key={field.id} object={object} record={record} field={field} canEdit={canEdit} />)}
        </dl>
      ) : null}
    </div>
  );
}
