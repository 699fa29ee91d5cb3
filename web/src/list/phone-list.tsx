import { clsx } from "clsx";
import { Link } from "@tanstack/react-router";
import { Phone } from "lucide-react";
import { useEffect, useRef } from "react";
import type { KithRecord, ListRequest } from "@/api";
import { type ObjectType, recordName } from "@/catalog";
import { formatCount, formatPhone, usePhoneFormat } from "@/format";
import { Skeleton } from "@/ui";
import { displayText, isEmpty, RecordAvatar, textList } from "@/values";
import { type Column, columnValue } from "@/views";
import { t } from "./texts";
import { usePlace } from "./use-place";
import type { RecordWindow } from "./use-record-window";
import { useVirtualRows } from "./use-virtual-rows";

const HEIGHT = 60;

/** A list for a phone: a name, a line about it, and a way to call. */
export function PhoneList({ object, columns, request, rows }: { object: ObjectType; columns: readonly Column[]; request: ListRequest; rows: RecordWindow }) {
  const scroller = useRef<HTMLDivElement>(null);
  const { identity, initialScroll, setScroll } = usePlace(object.plural, request, scroller);
  const virtual = useVirtualRows({ scroller, identity, count: rows.total, height: HEIGHT, around: 0, initialOffset: initialScroll, onScroll: setScroll });
  const { first, last } = virtual;
  const { show } = rows;
  useEffect(() => show(first, last), [show, first, last]);
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto">
      {rows.count === undefined ? null : (
        <p className="sr-only" role="status">
          {t("total", { count: rows.count.value, n: formatCount(rows.count), object: object.label.toLowerCase(), objects: object.label_plural.toLowerCase() })}
        </p>
      )}
      <ul aria-label={object.label_plural} className="relative" style={{ height: virtual.height }}>
        {virtual.rows.map(({ slot, index, top }) => {
          const record = rows.record(index);
          return (
            <li key={slot} className="absolute inset-x-0 top-0 flex border-b border-line" style={{ height: HEIGHT, transform: `translateY(${top}px)` }}>
              {record === undefined ? <Skeleton className="m-4 h-4 w-1/2" /> : <Row object={object} record={record} columns={columns} />}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Row({ object, record, columns }: { object: ObjectType; record: KithRecord; columns: readonly Column[] }) {
  usePhoneFormat();
  const name = recordName(record, t("untitled"));
  const told = columns
    .filter((column) => column.path !== "name" && column.field.name !== "owner" && !isEmpty(columnValue(column, record)))
    .slice(0, 3)
    .map((column) => displayText(column.field, columnValue(column, record)));
  const phone = columns.filter((column) => column.field.type === "phones").flatMap((column) => textList(columnValue(column, record)))[0];
  return (
    <>
      <Link to="/objects/$object/$id" params={{ object: object.plural, id: record.id }} data-record={record.id} data-flash="whole" className={clsx("flex min-w-0 flex-1 items-center gap-3 px-4 ring-inset-focus", typeof record.deleted_at === "string" && "line-through opacity-50")}>
        <RecordAvatar object={object} name={name} size="lg" />
        <span className="flex min-w-0 flex-col">
          <span className="truncate text-left text-base font-medium" dir="auto">{name}</span>
          <span className="truncate text-left text-muted" dir="auto">{told.join(" · ")}</span>
        </span>
      </Link>
      {phone === undefined ? null : (
        <a href={`tel:${phone}`} aria-label={t("call", { number: formatPhone(phone) })} className="flex w-14 shrink-0 items-center justify-center text-accent-text ring-inset-focus">
          <Phone size={18} />
        </a>
      )}
    </>
  );
}
