import { clsx } from "clsx";
import { Check, Star } from "lucide-react";
import { memo, type ReactNode } from "react";
import { type Field, useStages } from "@/catalog";
import { formatDate, formatDateTime, formatFullDateTime, formatLongDate, formatMoney, formatNumber, formatPhone, formatRelative, isMoney, usePhoneFormat } from "@/format";
import { Avatar, Badge, tagColor } from "@/ui";
import { RecordLink } from "./record-link";
import { isEmpty, isLinked, type Linked, linkedList, textList } from "./shapes";
import { addressText, looseText, optionLabel } from "./text";
import { t } from "./texts";

export interface ValueProps {
  field: Field;
  value: unknown;
  /** One line that is cut off, as in cells; else all of it. */
  compact?: boolean | undefined;
  /** Keeps links out of the tab order, as in cells, which have a focus of their own. */
  untabbable?: boolean | undefined;
  /** What stands where there is nothing. */
  empty?: ReactNode;
}

/** A value of any field, to be read. */
export const Value = memo(function Value({ field, value, compact, untabbable, empty = null }: ValueProps) {
  if (isEmpty(value)) return empty;
  const tabIndex = untabbable ? -1 : undefined;
  switch (field.type) {
    case "boolean":
      return value === true ? (
        <span className="inline-flex items-center gap-1 text-success-text">
          <Check size={14} strokeWidth={2.5} aria-hidden="true" />
          <span className="sr-only">{t("yes")}</span>
        </span>
      ) : (
        <span className="text-faint">{t("no")}</span>
      );
    case "date":
      return <time dateTime={String(value)} title={formatLongDate(String(value))} className="truncate">{formatDate(String(value))}</time>;
    case "datetime":
      return (
        <time dateTime={String(value)} title={formatFullDateTime(String(value))} className="truncate">
          {compact ? formatDateTime(String(value)) : `${formatDateTime(String(value))} · ${formatRelative(String(value))}`}
        </time>
      );
    case "number":
    case "decimal":
      // Years are numbers that nobody groups.
      if (/(^|_)year$/.test(field.name)) return <span className="truncate">{String(value)}</span>;
      return <span className="truncate">{formatNumber(typeof value === "number" ? value : String(value))}</span>;
    case "currency":
      return <span className="truncate">{isMoney(value) ? formatMoney(value) : looseText(value)}</span>;
    case "select":
      return <OptionBadge field={field} value={String(value)} />;
    case "multi_select":
      return <Row wrap={!compact}>{textList(value).map((item) => <OptionBadge key={item} field={field} value={item} />)}</Row>;
    case "rating":
      return <Rating value={Number(value)} max={field.max ?? 5} />;
    case "emails":
      return <Addresses items={textList(value)} href={(item) => `mailto:${item}`} compact={compact} tabIndex={tabIndex} />;
    case "phones":
      return <Phones items={textList(value)} compact={compact} tabIndex={tabIndex} />;
    case "links":
      return <Addresses items={textList(value)} href={webAddress} label={(item) => item.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "")} external compact={compact} tabIndex={tabIndex} />;
    case "address":
      return (
        <a
          href={`https://www.openstreetmap.org/search?query=${encodeURIComponent(addressText(value))}`}
          target="_blank"
          rel="noreferrer"
          tabIndex={tabIndex}
          className={clsx("hover:underline", compact && "truncate")}
          dir="auto"
        >
          {addressText(value)}
        </a>
      );
    case "user":
      return isLinked(value) ? <UserName user={value} /> : null;
    case "relation":
      return isLinked(value) ? <RelatedRecord field={field} record={value} tabIndex={tabIndex} /> : null;
    case "any_relation":
      return isLinked(value) && value.object !== undefined ? <RecordLink object={value.object} id={value.id} name={value.name} tabIndex={tabIndex} /> : null;
    case "relations":
      return (
        <Row wrap={!compact}>
          {linkedList(value).map((item) => (
            <span key={item.id} className="inline-flex min-w-0 items-center gap-1">
              <RecordLink object={field.object ?? ""} id={item.id} name={item.name} tabIndex={tabIndex} />
              {item.role && !compact ? <span className="text-xs text-faint">{item.role}</span> : null}
            </span>
          ))}
        </Row>
      );
    case "long_text":
      return <span className={compact ? "truncate" : "break-words whitespace-pre-wrap"} dir="auto">{String(value)}</span>;
    case "json":
      return compact ? <code className="truncate text-xs">{JSON.stringify(value)}</code> : <pre className="overflow-x-auto text-xs whitespace-pre-wrap">{JSON.stringify(value, null, 2)}</pre>;
    case "text":
      return /^(website|domain|url)$/.test(field.name) ? (
        <a href={webAddress(String(value))} target="_blank" rel="noreferrer" tabIndex={tabIndex} className="truncate hover:underline">{String(value)}</a>
      ) : (
        <span className={compact ? "truncate" : "break-words"} dir="auto">{String(value)}</span>
      );
    default:
      return <span className="truncate" dir="auto">{looseText(value)}</span>;
  }
});

/** Whether a field's values stand at the right edge of their column. */
export function isRightAligned(field: Field): boolean {
  return field.type === "number" || field.type === "decimal" || field.type === "currency";
}

export function OptionBadge({ field, value }: { field: Field; value: string }) {
  const place = field.options?.findIndex((option) => option.value === value) ?? -1;
  const color = place < 0 ? "gray" : tagColor(field.options?.[place]?.color, place);
  return <Badge color={color}>{optionLabel(field, value)}</Badge>;
}

export function UserName({ user, hideName }: { user: Linked; hideName?: boolean | undefined }) {
  const name = user.name ?? t("untitled");
  return (
    <span className="inline-flex max-w-full min-w-0 items-center gap-1.5" title={name}>
      <Avatar name={name} />
      <span className={hideName ? "sr-only" : "truncate"} dir="auto">{name}</span>
    </span>
  );
}

/** Stages are steps with a colour rather than pages of their own. */
function RelatedRecord({ field, record, tabIndex }: { field: Field; record: Linked; tabIndex: number | undefined }) {
  if (field.object === "stage") return <StageBadge id={record.id} name={record.name} />;
  if (field.object === "pipeline") return <span className="truncate">{record.name}</span>;
  return <RecordLink object={field.object ?? ""} id={record.id} name={record.name} tabIndex={tabIndex} />;
}

export function StageBadge({ id, name }: { id: string; name: string | null | undefined }) {
  const stage = useStages().get(id);
  const color = stage?.kind === "won" ? "green" : stage?.kind === "lost" ? "red" : tagColor(null, stage?.position ?? 0);
  return <Badge color={color}>{stage?.name ?? name ?? t("untitled")}</Badge>;
}

function Row({ wrap, children }: { wrap: boolean; children: ReactNode }) {
  return <span className={clsx("flex min-w-0 gap-1", wrap ? "flex-wrap" : "overflow-hidden")}>{children}</span>;
}

function Rating({ value, max }: { value: number; max: number }) {
  return (
    <span className="inline-flex items-center" role="img" aria-label={t("rating", { n: value, max })}>
      {Array.from({ length: max }, (_, place) => (
        <Star key={place} size={13} className={place < value ? "text-(--tag-amber-fg)" : "text-line-strong"} fill={place < value ? "currentColor" : "none"} />
      ))}
    </span>
  );
}

interface AddressesProps {
  items: string[];
  href: (item: string) => string;
  label?: (item: string) => string;
  external?: boolean;
  compact: boolean | undefined;
  tabIndex: number | undefined;
}

function Addresses({ items, href, label = same, external, compact, tabIndex }: AddressesProps) {
  const shown = compact ? items.slice(0, 1) : items;
  return (
    <span className={clsx("flex min-w-0", compact ? "items-center gap-1.5" : "flex-col items-start")}>
      {shown.map((item, place) => (
        <a key={place} href={href(item)} tabIndex={tabIndex} {...(external ? { target: "_blank", rel: "noreferrer" } : {})} className="max-w-full truncate hover:underline">
          {label(item)}
        </a>
      ))}
      {compact && items.length > 1 ? <span className="shrink-0 text-xs text-faint">{t("more", { n: items.length - 1 })}</span> : null}
    </span>
  );
}

function Phones(props: Pick<AddressesProps, "items" | "compact" | "tabIndex">) {
  usePhoneFormat();
  return <Addresses {...props} href={(item) => `tel:${item}`} label={formatPhone} />;
}

function same(item: string): string {
  return item;
}

/** Only web addresses become links: never `javascript:`. */
export function webAddress(text: string): string {
  return /^https?:\/\//i.test(text) ? text : `https://${text}`;
}
