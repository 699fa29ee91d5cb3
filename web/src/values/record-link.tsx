import { useRouter } from "@tanstack/react-router";
import { clsx } from "clsx";
import { lazy, type MouseEvent, Suspense, useState } from "react";
import { ObjectIcon, type ObjectType, useCatalog } from "@/catalog";
import { Avatar, HoverCard, Skeleton } from "@/ui";
import { t } from "./texts";

const RecordHoverCard = lazy(() => import("@/record/hover-card").then((module) => ({ default: module.RecordHoverCard })));

export interface RecordLinkProps {
  /** Singular or plural name. */
  object: string;
  id: string;
  name: string | null | undefined;
  /** Leaves the avatar out. */
  plain?: boolean | undefined;
  /** No card on hover, as where the record itself is what one looks at. */
  cardless?: boolean | undefined;
  tabIndex?: number | undefined;
  className?: string | undefined;
}

/** A link to a record, with what one needs to know about it on hover. */
export function RecordLink({ object, id, name, plain, cardless, tabIndex, className }: RecordLinkProps) {
  const type = useCatalog().object(object);
  const router = useRouter();
  // Tables have hundreds of links: a card is made for the one that the pointer comes to.
  const [near, setNear] = useState<string | null>(null);
  const shown = name || t("untitled");
  if (type === undefined) return <span className="truncate">{shown}</span>;
  const link = (
    <a
      href={`/objects/${type.plural}/${id}`}
      tabIndex={tabIndex}
      onPointerEnter={(event) => event.pointerType === "mouse" && cardless !== true && setNear(id)}
      onClick={(event: MouseEvent) => {
        if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        void router.navigate({ to: "/objects/$object/$id", params: { object: type.plural, id } });
      }}
      className={clsx("inline-flex max-w-full min-w-0 items-center gap-1.5 rounded-sm underline-offset-2 hover:underline hover:decoration-line-strong", className)}
    >
      {plain ? null : <RecordAvatar object={type} name={shown} />}
      <span className="truncate" dir="auto">
        {shown}
      </span>
    </a>
  );
  if (near !== id) return link;
  return (
    <HoverCard trigger={link}>
      <Suspense fallback={<Skeleton className="h-16 w-full" />}>
        <RecordHoverCard object={type} id={id} />
      </Suspense>
    </HoverCard>
  );
}

/** What stands before a record's name: initials for people and companies, else the object's icon. */
export function RecordAvatar({ object, name, size = "sm" }: { object: ObjectType | undefined; name: string; size?: "xs" | "sm" | "md" | "lg" | "xl" }) {
  if (object?.key === "company") return <Avatar name={name} size={size} square />;
  if (object?.key === "person" || object?.key === "lead") return <Avatar name={name} size={size} />;
  return <ObjectIcon object={object} size={size === "lg" ? 24 : size === "xl" ? 32 : 14} className="shrink-0 text-faint" />;
}
